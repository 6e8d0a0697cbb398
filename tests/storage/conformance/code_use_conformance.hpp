#pragma once

#include "storage/phone_store.hpp"
#include "storage/session_store.hpp"
#include "tests/storage/conformance/code_store_conformance.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tinybook::test {

/// Messages with codes, and the three transactions that consume them.
class coded_messages {
 public:
  explicit coded_messages(storage::connection& db)
      : db_(db), ann_(new_user(db, "ann@example.org")) {
    must(db_, storage::create_family{{.id = "proof",
                                      .user = ann_,
                                      .generation = 1,
                                      .rotated_at = some_day,
                                      .expires_at = some_day + std::chrono::hours{1},
                                      .proved_at = some_day}});
  }

  /// A message with the code `id`, hash "h" and the id.
  message_id send(code_id id, wall_time at, message_id parent = 0,
                  const std::string& purpose = "login") {
    auto message = sample_message(phone, at);
    message.idempotency_key = std::to_string(++last_);
    message.purpose = purpose;
    message.parent = parent;
    message.code = id;
    message.code_hash = hash_of(id);
    message.code_key_id = "k1";
    message.code_asker = "asker";
    return must(db_, storage::submit_message{message, {}}).id;
  }

  /// As `send`, and it is delivered.
  message_id deliver(code_id id, wall_time at, message_id parent = 0) {
    const auto message = send(id, at, parent);
    must(db_, ending(message, 0, storage::message_state::delivered, at));
    return message;
  }

  static std::string hash_of(code_id id) {
    return std::string("\0h", 2) + std::to_string(id);
  }

  [[nodiscard]] std::vector<code_id> live(wall_time at,
                                          const std::string& purpose = "login") const {
    std::vector<code_id> out;
    for (const auto& code :
         must(db_, storage::find_live_codes{{phone, purpose}, at}).codes)
      out.push_back(code.code_id);
    return out;
  }

  [[nodiscard]] storage::code_use use(code_id id, wall_time at,
                                      const std::string& purpose = "login") const {
    return {{phone, purpose}, {id}, at};
  }

  [[nodiscard]] storage::create_family log_in(code_id id, wall_time at) {
    return {{.id = "f" + std::to_string(++last_),
             .user = ann_,
             .generation = 1,
             .rotated_at = at,
             .expires_at = at + std::chrono::hours{1}},
            use(id, at)};
  }
  [[nodiscard]] storage::bind_phone bind(code_id id, wall_time at) const {
    return {.id = ann_,
            .phone = phone,
            .replaces = must(db_, storage::find_user{ann_}).phone,
            .proof = {"proof", some_day},
            .now = at,
            .code = use(id, at)};
  }
  [[nodiscard]] storage::set_password reset(code_id id, wall_time at) const {
    return {ann_, "new hash", {}, at, use(id, at)};
  }

  [[nodiscard]] user_id ann() const { return ann_; }

  const std::string phone = "+8613800138000";

 private:
  storage::connection& db_;
  user_id ann_;
  int last_ = 0;
};

inline void code_use_conformance(const make_fixture& make) {
  using namespace storage;
  using ids = std::vector<code_id>;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto now = some_day;
  coded_messages m{*db};

  SUBCASE("the rows hold what verifies a code, until it runs out") {
    m.send(1, now);
    const auto codes =
        must(*fixture->reader(), find_live_codes{{m.phone, "login"}, now}).codes;
    REQUIRE(codes.size() == 1);
    CHECK(codes[0].code_id == 1);
    CHECK(codes[0].hash == coded_messages::hash_of(1));
    CHECK(codes[0].key_id == "k1");
    CHECK(codes[0].asker == "asker");
    CHECK(codes[0].expires_at == now + minutes{10});
    CHECK(m.live(now + minutes{10} - seconds{1}) == ids{1});
    CHECK(m.live(now + minutes{10}).empty());
    CHECK(m.live(now, "bind_phone").empty());
  }
  SUBCASE("those that were not replaced are told in the order of sending, the last 11") {
    const auto first = m.deliver(1, now);
    m.deliver(2, now + minutes{1});
    m.deliver(3, now + minutes{2});
    CHECK(m.live(now + minutes{3}) == ids{1, 2, 3});
    const auto second_try = m.deliver(4, now + minutes{3}, first);
    CHECK(m.live(now + minutes{3}) == ids{4, 2, 3});
    m.deliver(5, now + minutes{3}, second_try + 1000); // Its parent is gone.
    CHECK(m.live(now + minutes{3}) == ids{4, 2, 3, 5});
    for (int i = 6; i <= 13; ++i)
      m.deliver(i, now + minutes{3});
    CHECK(m.live(now + minutes{3}) == ids{2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13});
  }
  SUBCASE("a replacement verifies instead of what it replaced") {
    const auto first = m.deliver(1, now);
    m.deliver(2, now + minutes{1});
    m.send(3, now + minutes{2}, first);
    CHECK(m.live(now + minutes{2}) == ids{3, 2});
  }
  SUBCASE("a message of an older version has nothing that verifies") {
    must(*db, submit_message{sample_message(m.phone, now), {}});
    CHECK(m.live(now).empty());
  }

  const auto uses_up = [&](auto command_of) {
    const auto id = m.send(1, now);
    const auto state = sample_state(m.phone, now);
    must(*db, save_code_state{state});
    CHECK(error_of(*db, command_of(2, now)) == errc::wrong_code);
    CHECK(m.live(now) == ids{1});
    must(*db, command_of(1, now + seconds{1}));
    CHECK(m.live(now + seconds{1}).empty());
    const auto row = must(*db, find_message{id}).message;
    CHECK(row.state == message_state::expired);
    CHECK(row.finalized_at == now + seconds{1});
    CHECK(row.sealed_parameters.empty());
    CHECK(row.code_hash.empty());
    const auto left = must(*db, load_code_states{now}).states;
    REQUIRE(left.size() == 1);
    CHECK(left[0].state.codes.empty());
    CHECK(left[0].state.others_used == state.state.others_used);
    CHECK(must(*db, find_phone_use{m.phone}).verified);
    CHECK(error_of(*db, command_of(1, now + seconds{2})) == errc::wrong_code);
  };
  SUBCASE("a log-in uses its code up, once") {
    uses_up([&](code_id id, wall_time at) { return m.log_in(id, at); });
  }
  SUBCASE("a bound phone uses its code up, once") {
    uses_up([&](code_id id, wall_time at) { return m.bind(id, at); });
  }
  SUBCASE("a new password uses its code up, once") {
    uses_up([&](code_id id, wall_time at) { return m.reset(id, at); });
  }
  SUBCASE("where the code was used before, nothing of the command is done") {
    m.send(1, now);
    must(*db, m.log_in(1, now));
    const auto again = m.log_in(1, now);
    CHECK(error_of(*db, again) == errc::wrong_code);
    CHECK(must(*db, rotate_family{again.family.id, 1, now, seconds{1}, minutes{1}}).what
          == rotation::revoked);
    CHECK(error_of(*db, m.bind(1, now)) == errc::wrong_code);
    CHECK(must(*db, find_user{m.ann()}).phone.empty());
    CHECK(error_of(*db, m.reset(1, now)) == errc::wrong_code);
    CHECK(must(*db, find_user{m.ann()}).password_hash != "new hash");
  }
  SUBCASE("the request that used a code is known, until its time is over") {
    const auto entered = [&](const std::string& once, wall_time since,
                             const std::string& purpose = "login") {
      return must(*fixture->reader(), was_code_entered{{m.phone, purpose}, once, since})
          .before;
    };
    m.send(1, now);
    auto command = m.log_in(1, now + seconds{1});
    command.code->once = "one";
    CHECK_FALSE(entered("one", now));
    must(*db, command);
    m.send(2, now + seconds{1});
    must(*db, m.log_in(2, now + seconds{1})); // Of no name.
    CHECK(entered("one", now));
    CHECK(entered("one", now + seconds{1}));
    CHECK_FALSE(entered("one", now + seconds{2}));
    CHECK_FALSE(entered("other", now));
    CHECK_FALSE(entered("one", now, "bind_phone"));
    CHECK_FALSE(entered("", now));
  }
  SUBCASE("where the command fails, the code is not used") {
    m.send(1, now);
    auto command = m.log_in(1, now);
    command.family.user = m.ann() + 1000;
    CHECK(error_of(*db, command) == errc::user_not_found);
    must(*db, claim_phone_account{m.phone, now});
    CHECK(error_of(*db, m.bind(1, now)) == errc::phone_taken);
    auto reset = m.reset(1, now);
    reset.expected = "another hash";
    CHECK(error_of(*db, reset) == errc::wrong_state);
    CHECK(m.live(now) == ids{1});
    CHECK(must(*db, m.log_in(1, now)).ended.empty());
  }
  SUBCASE("a use takes all codes of the phone and purpose, and ends a leased row, too") {
    const auto first = m.deliver(1, now);
    const auto second = m.send(2, now);
    m.send(3, now, 0, "bind_phone");
    must(*db, claim_messages{now, seconds{15}, 2});
    must(*db, m.log_in(1, now + seconds{1}));
    CHECK(must(*db, find_message{first}).message.state == message_state::delivered);
    CHECK(must(*db, find_message{second}).message.state == message_state::expired);
    CHECK(m.live(now + seconds{1}).empty());
    CHECK(m.live(now + seconds{1}, "bind_phone") == ids{3});
    CHECK(error_of(*db, m.log_in(2, now + seconds{1})) == errc::wrong_code);
  }
}

} // namespace tinybook::test
