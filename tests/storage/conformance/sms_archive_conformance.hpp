#pragma once

#include "tests/storage/conformance/outbox_samples.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// Rows that ended, made in one step.
class ended_rows {
 public:
  explicit ended_rows(storage::connection& db) : db_(db) {}

  message_id submit(const storage::sms_message& m) {
    return must(db_, storage::submit_message{m, std::nullopt}).id;
  }

  /// Ends the one row that is due, with a try that says so.
  message_id add(const std::string& phone, storage::message_state state,
                 const std::string& provider = "console") {
    const auto id = submit(sample_message(phone, some_day));
    auto attempt = sample_attempt("rejected", some_day);
    attempt.provider = provider;
    const auto token =
        must(db_, storage::claim_messages{some_day, {}, 20}).messages.at(0);
    auto end = ending(id, token.lease_token, state, some_day);
    end.attempt = attempt;
    if (state == storage::message_state::delivered) {
      end.provider = provider;
      end.provider_message_id = "p-1";
    }
    REQUIRE(must(db_, end).kept);
    return id;
  }

  storage::message_history history(message_id id) {
    return must(db_, storage::find_message{id});
  }

 private:
  storage::connection& db_;
};

/// The list of messages, redriving and discarding.
inline void sms_archive_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto reader = fixture->reader();
  const auto now = some_day;
  ended_rows rows(*db);

  const auto ids = [&](list_messages list) {
    list.limit = 20;
    std::vector<message_id> out;
    for (const auto& m : must(*reader, list).messages)
      out.push_back(m.message.id);
    return out;
  };
  const auto redrive = [&](message_id id, wall_time at) {
    auto fresh = sample_message(rows.history(id).message.phone, at);
    fresh.client_ref = "another";
    fresh.sealed_parameters = "anew";
    return redrive_message{id, fresh, "ann", at};
  };
  using list = std::vector<message_id>;

  SUBCASE("what went wrong is listed, newest first, with its tries") {
    const auto dead = rows.add("+1", message_state::dead);
    rows.add("+2", message_state::delivered);
    const auto expired = rows.add("+3", message_state::expired);
    rows.submit(sample_message("+4", now));
    const auto page = must(*reader, list_messages{.limit = 20});
    REQUIRE(page.messages.size() == 2);
    CHECK(page.next == 0);
    CHECK(same_history(page.messages[0], rows.history(expired)));
    CHECK(same_history(page.messages[1], rows.history(dead)));
    CHECK(page.messages[1].attempts.size() == 1);
  }
  SUBCASE("each page continues below the last row, until the end") {
    list all;
    for (int i = 0; i < 5; ++i)
      all.insert(all.begin(), rows.add('+' + std::to_string(i), message_state::dead));
    list_messages c;
    c.limit = 2;
    list got;
    for (int pages = 0; pages < 3; ++pages) {
      const auto page = must(*reader, c);
      for (const auto& m : page.messages)
        got.push_back(m.message.id);
      c.before = page.next;
    }
    CHECK(got == all);
    CHECK(c.before == 0);
    c.limit = 5;
    CHECK(must(*reader, c).next == 0);
    c.limit = 0;
    CHECK(must(*reader, c).messages.empty());
  }
  SUBCASE("each filter takes what it names") {
    const auto failed = rows.add("+1", message_state::dead, "tencent");
    const auto sent = rows.add("+2", message_state::delivered);
    auto m = sample_message("+3", now);
    m.purpose = "bind";
    m.country_prefix = "+1";
    const auto waits = rows.submit(m);
    using enum message_state;
    CHECK(ids({.states = {ready, leased, delivered, expired, dead}})
          == list{waits, sent, failed});
    CHECK(ids({.states = {ready, leased}}) == list{waits});
    CHECK(ids({.states = {delivered}, .provider = "console"}) == list{sent});
    CHECK(ids({.provider = "tencent"}) == list{failed});
    CHECK(ids({.provider = "console"}).empty());
    CHECK(ids({.states = {ready, delivered}, .purpose = "bind"}) == list{waits});
    CHECK(ids({.states = {ready, delivered}, .country_prefix = "+86"}) == list{sent});
  }
  SUBCASE("a redriven row is a new one, ready at once, with the old one as its parent") {
    const auto old = rows.add("+1", message_state::dead);
    const auto before = rows.history(old).message;
    const auto fresh = must(*db, redrive(old, now + seconds{3})).id;
    CHECK(fresh > old);
    const auto m = rows.history(fresh).message;
    CHECK(m.state == message_state::ready);
    CHECK(m.parent == old);
    CHECK(m.expires_at == before.expires_at);
    CHECK(m.run_at == now + seconds{3});
    CHECK(m.client_ref == "another");
    CHECK(m.sealed_parameters == "anew");
    CHECK(fields_of(rows.history(old).message) == fields_of(before));
    CHECK(must(*db, claim_messages{now + seconds{3}, seconds{9}, 9}).messages.size()
          == 1);
  }
  SUBCASE("a redriven row is off the list and shows who did it") {
    const auto old = rows.add("+1", message_state::dead);
    must(*db, redrive(old, now));
    CHECK(ids({}).empty());
    CHECK(ids({.with_handled = true}) == list{old});
    CHECK(rows.history(old).handled_by == "ann");
    CHECK_FALSE(rows.history(old).discarded);
  }
  SUBCASE("a redrive is refused once the code has expired or was used") {
    const auto id = rows.add("+1", message_state::dead);
    const auto expiry = rows.history(id).message.expires_at;
    CHECK(error_of(*db, redrive(id, expiry)) == errc::message_expired);
    must(*db, expire_messages{expiry});
    CHECK(error_of(*db, redrive(id, expiry)) == errc::message_expired);
    const auto used = rows.add("+2", message_state::expired);
    CHECK(error_of(*db, redrive(used, now)) == errc::message_expired);
    CHECK(rows.history(id).handled_by.empty());
  }
  SUBCASE("a redrive is refused while another message of the phone waits") {
    const auto id = rows.add("+1", message_state::dead);
    const auto other = rows.submit(sample_message("+1", now));
    CHECK(error_of(*db, redrive(id, now)) == errc::sms_pending);
    CHECK(rows.history(id).handled_by.empty());
    must(*db, ending(other, 0, message_state::delivered, now));
    must(*db, redrive(id, now));
  }
  SUBCASE("a replacement under a key that is in use is refused") {
    auto m = sample_message("+1", now);
    m.idempotency_key = "once";
    const auto id = rows.submit(m);
    const auto claimed = must(*db, claim_messages{now, seconds{9}, 9}).messages.at(0);
    must(*db, ending(id, claimed.lease_token, message_state::dead, now));
    auto again = redrive(id, now);
    again.replacement.idempotency_key = "once";
    CHECK(error_of(*db, again) == errc::wrong_state);
    CHECK(rows.history(id).handled_by.empty());
  }
  SUBCASE("a discarded row is off the list, without its parameters") {
    const auto id = rows.add("+1", message_state::dead);
    CHECK_FALSE(rows.history(id).message.sealed_parameters.empty());
    must(*db, discard_message{id, "bob", now});
    CHECK(ids({}).empty());
    const auto found = rows.history(id);
    CHECK(found.message.sealed_parameters.empty());
    CHECK(found.message.state == message_state::dead);
    CHECK(found.handled_by == "bob");
    CHECK(found.discarded);
  }
  SUBCASE("only what is dead or expired, and not handled yet, can be handled") {
    const auto refused = [&](message_id id, errc why) {
      CHECK(error_of(*db, discard_message{id, "bob", now}) == why);
      CHECK(error_of(*db, redrive_message{id, sample_message("+9", now), "ann", now})
            == why);
    };
    refused(1, errc::message_not_found);
    const auto sent = rows.add("+1", message_state::delivered);
    refused(sent, errc::wrong_state);
    const auto redriven = rows.add("+2", message_state::dead);
    const auto waits = must(*db, redrive(redriven, now)).id;
    refused(redriven, errc::wrong_state);
    refused(waits, errc::wrong_state);
    const auto discarded = rows.add("+3", message_state::expired);
    must(*db, discard_message{discarded, "bob", now});
    refused(discarded, errc::wrong_state);
    CHECK(rows.history(discarded).handled_by == "bob");
  }
}

} // namespace tinybook::test
