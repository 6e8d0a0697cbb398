#include "tests/actors/support/identity_world.hpp"
#include "tests/support/default_configs.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

const std::string my_phone = "13800138000";

/// What a code is good for, its steps behind the check of the code, and how to take them.
struct code_use_world : identity_world {
  code_use_world() {
    start_all();
    auto made = call(accounts, sign_up{"ann@example.org", "password", "password",
                                       client_at("198.51.100.1")});
    REQUIRE(made.ok());
    ann = made->user;
  }

  std::string send(const std::string& purpose) {
    const auto account = purpose == "bind_phone" ? ann : user_id{0};
    REQUIRE(call(verification,
                 send_code{my_phone, purpose, client_at(), language::zh, account})
                .ok());
    return last_code();
  }

  errc log_in(const std::string& code) {
    return code_of(call(accounts, log_in_by_code{my_phone, code, client_at()}));
  }
  errc bind(const std::string& code) {
    return code_of(call(
        accounts, bind_own_phone{ann, session_of(ann), my_phone, code, client_at()}));
  }
  errc reset(const std::string& code) {
    return code_of(
        call(accounts, reset_password{my_phone, code, "new password", client_at()}));
  }

  /// The step `Command` fails once: that is told, and the code is good still, once.
  template <class Command>
  void fails_once(const std::string& code,
                  errc (code_use_world::*take)(const std::string&)) {
    doors->fail<Command>(errc::storage_full);
    CHECK((this->*take)(code) == errc::storage_full);
    CHECK(stores->used.empty());
    doors->release();
    CHECK((this->*take)(code) == errc::none);
    CHECK(stores->used.size() == 1);
    CHECK((this->*take)(code) == errc::wrong_code);
    CHECK(stores->used.size() == 1);
  }

  template <class T>
  static errc code_of(const result<T>& answer) {
    return answer ? errc::none : answer.error().code;
  }

  user_id ann = 0;
};

} // namespace

TEST_CASE("a code is not burnt by a step of the log-in that fails") {
  code_use_world w;
  const auto code = w.send("login");
  SUBCASE("the account") {
    w.fails_once<storage::claim_phone_account>(code, &code_use_world::log_in);
  }
  SUBCASE("the session") {
    w.fails_once<storage::create_family>(code, &code_use_world::log_in);
  }
}

TEST_CASE("what a browser sends twice is done once, and answered twice") {
  code_use_world w;
  const auto code = w.send("login");
  auto by = client_at();
  by.once = "one form";
  const log_in_by_code twice{my_phone, code, by};
  const auto first = w.call_later(w.accounts, twice);
  const auto second = w.call_later(w.accounts, twice);
  w.run();
  REQUIRE((first->has_value() && second->has_value()));
  REQUIRE((**first).ok());
  REQUIRE((**second).ok());
  CHECK((**first)->refresh == (**second)->refresh);
  CHECK(w.stores->used.size() == 1);
  CHECK(w.call(w.accounts, twice)->refresh == (**first)->refresh);
  // Another form, or the same a minute later, is another try.
  auto other = twice;
  other.client.once = "another form";
  CHECK(w.code_of(w.call(w.accounts, other)) == errc::wrong_code);
  w.advance(sent_again_within + 1s);
  CHECK(w.code_of(w.call(w.accounts, twice)) == errc::wrong_code);
}

TEST_CASE("a failure is not kept for who sends the same again") {
  code_use_world w;
  const auto code = w.send("reset_password");
  auto by = client_at();
  by.once = "one form";
  const reset_password twice{my_phone, code, "new password", by};
  REQUIRE(w.bind(w.send("bind_phone")) == errc::none);
  w.doors->fail<storage::set_password>(errc::storage_full);
  CHECK(w.code_of(w.call(w.accounts, twice)) == errc::storage_full);
  w.doors->release();
  CHECK(w.call(w.accounts, twice).ok());
  CHECK(w.stores->used.size() == 2);
  // And what it has done is not done again over what came after it.
  w.stores->users[0].password_hash = "a later one";
  CHECK(w.call(w.accounts, twice).ok());
  CHECK(w.stores->users[0].password_hash == "a later one");
}

TEST_CASE("a phone that was bound by a double click can be changed behind it") {
  code_use_world w;
  auto by = client_at();
  by.once = "one form";
  const bind_own_phone twice{w.ann, w.session_of(w.ann), my_phone, w.send("bind_phone"),
                             by};
  REQUIRE(w.call(w.accounts, twice).ok());
  w.stores->users[0].phone = "+4915112345678";
  CHECK(w.call(w.accounts, twice).ok());
  CHECK(w.stores->users[0].phone == "+4915112345678");
}

TEST_CASE(
    "a password that is changed by a double click is changed, and one session left") {
  code_use_world w;
  auto by = client_at();
  by.once = "one form";
  const change_password twice{w.ann, {}, "password", "new password", by};
  const auto first = w.call(w.accounts, twice);
  REQUIRE(first.ok());
  const auto second = w.call(w.accounts, twice);
  REQUIRE(second.ok());
  CHECK(second->refresh == first->refresh);
  auto other = twice;
  other.client.once = "another form";
  CHECK(w.code_of(w.call(w.accounts, other)) == errc::wrong_credentials);
}

TEST_CASE("a code is not burnt by a phone that cannot be bound") {
  code_use_world w;
  w.fails_once<storage::bind_phone>(w.send("bind_phone"), &code_use_world::bind);
}

TEST_CASE("a code is not burnt by a step of the reset that fails") {
  code_use_world w;
  REQUIRE(w.bind(w.send("bind_phone")) == errc::none);
  w.stores->used.clear();
  const auto code = w.send("reset_password");
  SUBCASE("the account") {
    w.fails_once<storage::find_user_by_phone>(code, &code_use_world::reset);
  }
  SUBCASE("the password") {
    w.fails_once<storage::set_password>(code, &code_use_world::reset);
  }
}

TEST_CASE(
    "a code whose log-in nobody knows the end of is held for its time, not longer") {
  code_use_world w;
  const auto code = w.send("login");
  SUBCASE("and is used up where the log-in was stored after all") {
    w.doors->hold<storage::create_family>();
    auto answer = w.call_later(w.accounts, log_in_by_code{my_phone, code, client_at()});
    w.advance(w.session_settings.request_timeout + 1s, 1s);
    REQUIRE(answer->has_value());
    CHECK_FALSE((*answer)->ok());
    w.doors->release();
    w.run();
    w.advance(test::default_codes().hold, 1s);
    CHECK(w.log_in(code) == errc::wrong_code);
    CHECK(w.stores->used.size() == 1);
  }
  SUBCASE("and is good still where it was not") {
    w.doors->fail<storage::create_family>(errc::deadline_exceeded);
    CHECK(w.log_in(code) == errc::deadline_exceeded);
    w.doors->release();
    auto second = w.call_later(w.accounts, log_in_by_code{my_phone, code, client_at()});
    w.run();
    CHECK_FALSE(second->has_value()); // It waits for the first.
    w.advance(test::default_codes().hold + 1s, 1s);
    CHECK(w.log_in(code) == errc::none);
  }
}

TEST_CASE("a message says that its code was entered only when it was used up") {
  code_use_world w;
  const auto code = w.send("login");
  CHECK(w.log_in(code == "000000" ? "000001" : "000000") == errc::wrong_code);
  CHECK(w.stores->used.empty());
  REQUIRE(w.log_in(code) == errc::none);
  REQUIRE(w.stores->used.size() == 1);
  CHECK(w.stores->used[0].key == code_key{"+8613800138000", "login"});
  CHECK(w.stores->verified_phones.contains("+8613800138000"));
}

} // namespace tinybook::test
