#include "storage/sqlite/database.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/support/budgets.hpp"
#include "tests/support/temporary_folder.hpp"

#include <string>

/// Two journeys of one account at once, over the real actors and a real database: each
/// seed lets their steps at the database go on in another order.
namespace tinybook::test {

namespace {

const std::string old_phone = "13800138000";
const std::string new_phone = "13800138001";

class race_world : public identity_world {
 public:
  explicit race_world(std::uint64_t seed) : order_(seed) {
    auto opened = storage::sqlite_database::open({.folder = folder_.path()});
    REQUIRE(opened.ok());
    files_ = std::move(*opened);
    database = std::move(files_->open_writer().value());
    start_all();
    ann = call(accounts, sign_up{"ann@example.org", "password", "password", client_at()})
              ->user;
    home = session_of(ann);
    const auto code = send("bind_phone", old_phone, ann);
    REQUIRE(call(accounts, bind_own_phone{ann, home, old_phone, code, client_at()}).ok());
  }
  ~race_world() { database.reset(); }

  std::string send(const std::string& purpose, const std::string& phone,
                   user_id account = 0) {
    REQUIRE(
        call(verification, send_code{phone, purpose, client_at(), language::zh, account})
            .ok());
    return last_code();
  }

  /// Runs what was asked for to its end, in an order of its own.
  void race() {
    doors->hold_all();
    run();
    while (doors->release_one(order_))
      run();
    doors->release();
    run();
  }

  template <class Command>
  typename Command::reply look(const Command& command) {
    auto found = database->run(command);
    REQUIRE(found.ok());
    return *found;
  }
  std::size_t sessions_of_ann() {
    return look(storage::list_user_families{ann, now()}).families.size();
  }
  result<token_pair> enter(const std::string& password) {
    return call(accounts, log_in{"ann@example.org", password, client_at()});
  }

  user_id ann = 0;
  std::string home; ///< A session of hers.

 private:
  temporary_folder folder_;
  std::shared_ptr<storage::database> files_;
  seeded_random order_;
};

/// Runs `body` with a world for each seed.
template <class Body>
void for_seeds(Body body) {
  for (int seed = 1; seed <= budgets::property_cases.amount(); ++seed) {
    CAPTURE(seed);
    race_world w{static_cast<std::uint64_t>(seed)};
    body(w);
  }
}

} // namespace

TEST_CASE("of a bind and a deletion at once neither leaves half of itself") {
  int bound = 0;
  int refused = 0;
  for_seeds([&](race_world& w) {
    const auto code = w.send("bind_phone", new_phone, w.ann);
    auto binding = w.call_later(
        w.accounts, bind_own_phone{w.ann, w.home, new_phone, code, client_at()});
    auto deleting = w.call_later(w.accounts, delete_account{w.ann, w.home, client_at()});
    w.race();
    REQUIRE((*deleting)->ok());
    CHECK(w.sessions_of_ann() == 0);
    const bool did_bind = (*binding)->ok();
    ++(did_bind ? bound : refused);
    if (!did_bind)
      CHECK((*binding)->error().code == errc::token_revoked);
    CHECK(w.look(storage::find_user{w.ann}).phone
          == (did_bind ? "+8613800138001" : "+8613800138000"));
    // Neither number nor message of hers is left behind.
    const auto due = w.now() + std::chrono::days{8};
    while (!w.look(storage::erase_account{w.ann, due}).finished)
      continue;
    for (const auto* phone : {"+8613800138000", "+8613800138001"})
      CHECK(w.database->run(storage::find_user_by_phone{phone}).error().code
            == errc::user_not_found);
    CHECK(w.look(storage::list_messages{.states = {storage::message_state::ready,
                                                   storage::message_state::expired},
                                        .limit = 9})
              .messages.empty());
  });
  CHECK(bound > 0);
  CHECK(refused > 0);
}

TEST_CASE("of a log-in and a ban at once no session is left but for one's own data") {
  int entered = 0;
  int restricted = 0;
  for_seeds([&](race_world& w) {
    auto entering =
        w.call_later(w.accounts, log_in{"ann@example.org", "password", client_at()});
    auto banning = w.call_later(
        w.accounts, moderate_account{w.ann, true, {.by = "ops", .reason = "spam"}});
    w.race();
    REQUIRE((*banning)->ok());
    REQUIRE((*entering)->ok());
    const bool banned = (*entering)->value().banned;
    ++(banned ? restricted : entered);
    // That of who is banned already, which ends soon.
    CHECK(w.sessions_of_ann() == (banned ? 1 : 0));
    CHECK((*entering)->value().refresh.empty() == banned);
    const auto again = w.enter("password");
    REQUIRE(again.ok());
    CHECK(again->banned);
    CHECK(again->refresh.empty());
  });
  CHECK(entered > 0);
  CHECK(restricted > 0);
}

TEST_CASE(
    "of a log-in, a reset and a change at once only what the reset lets in is left") {
  int changed = 0;
  int refused = 0;
  int entered = 0;
  for_seeds([&](race_world& w) {
    const auto code = w.send("reset_password", old_phone);
    auto resetting = w.call_later(
        w.accounts, reset_password{old_phone, code, "from reset", client_at()});
    auto changing = w.call_later(w.accounts, change_password{w.ann, w.home, "password",
                                                             "from change", client_at()});
    auto entering =
        w.call_later(w.accounts, log_in{"ann@example.org", "password", client_at()});
    w.race();
    // A change goes by the old password, which the reset has made another: it comes first
    // or not at all.
    REQUIRE((*resetting)->ok());
    ++((*changing)->ok() ? changed : refused);
    entered += (*entering)->ok() ? 1 : 0;
    CHECK(w.sessions_of_ann() == 0);
    for (const auto* old : {"password", "from change"})
      CHECK(w.enter(old).error().code == errc::wrong_credentials);
    CHECK(w.enter("from reset").ok());
  });
  CHECK(changed > 0);
  CHECK(refused > 0);
  CHECK(entered > 0);
}

} // namespace tinybook::test
