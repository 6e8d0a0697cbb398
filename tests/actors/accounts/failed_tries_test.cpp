#include "tests/actors/accounts/step_up_world.hpp"

#include <algorithm>
#include <functional>
#include <string>

/// What the trail tells of tries that failed, and what it leaves out.
namespace tinybook::test {

TEST_CASE("failed log-ins are in the trail, as many as it takes in a minute") {
  step_up_world w;
  w.audit_failures({3, 100});
  for (int i = 0; i < 5; ++i)
    CHECK(code_of(w.call(w.accounts,
                         log_in{"ann@example.org", "wrong password", client_at()}))
          == errc::wrong_credentials);
  REQUIRE(w.stores->audit.size() == 3);
  CHECK(w.stores->audit.front().user == w.ann);
  CHECK(w.stores->audit.front().kind == storage::audit_kind::log_in_failed);
  CHECK(code_of(w.call(w.accounts,
                       log_in{"nobody@example.org", "wrong password", client_at()}))
        == errc::wrong_credentials);
  REQUIRE(w.stores->audit.size() == 4);
  CHECK(w.stores->audit.back().user == 0);
  // Of nobody, who has a bound of their own.
  CHECK(w.stores->audit.back().detail == "password");
}

TEST_CASE("how many failures the trail left out is told where they were, also when no "
          "other follows") {
  step_up_world w;
  w.account_settings.log_ins = {};
  w.audit_failures({2, 100});
  struct failing {
    std::function<errc()> fail;
    user_id user;
    std::string network;
  };
  auto client = client_at();
  client.network = "192.0.2.0/24";
  const auto enter = [&](const std::string& email) {
    return code_of(w.call(w.accounts, log_in{email, "wrong password", client}));
  };
  const auto by_code = [&](const std::string& phone) {
    return code_of(w.call(w.accounts, log_in_by_code{phone, "000000", client_at()}));
  };
  for (const auto& [fail, user, network] :
       {failing{[&] { return enter("ann@example.org"); }, w.ann, ""},
        failing{[&] { return by_code(her_phone); }, w.ann, ""},
        failing{[&] { return by_code(other_phone); }, 0, ""},
        failing{[&] { return enter("nobody@example.org"); }, 0, "192.0.2.0/24"}}) {
    for (const bool again : {false, true}) {
      const auto minute = std::chrono::floor<std::chrono::minutes>(w.now()) + 1min;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(minute - w.now());
      w.advance(left + 50s, left + 50s);
      w.stores->audit.clear();
      for (int i = 0; i < 5; ++i)
        CHECK(fail() != errc::none);
      CHECK(w.stores->audit.size() == 2);
      w.stores->audit.clear();
      if (again) { // The minute is over, and no timer has fired.
        w.advance(15s, 15s);
        CHECK(w.stores->audit.empty());
        CHECK(fail() != errc::none);
        CHECK(w.stores->audit.size() == 2);
      } else {
        w.advance(1min, 1min);
        CHECK(w.stores->audit.size() == 1);
      }
      const auto told = std::ranges::find(w.stores->audit, "3 more left out",
                                          &storage::audit_event::detail);
      REQUIRE(told != w.stores->audit.end());
      CHECK(told->user == user);
      CHECK(told->kind == storage::audit_kind::log_in_failed);
      CHECK(told->from.network == network);
    }
  }
}

TEST_CASE("numbers that nobody has hide no wrong code at the phone of an account") {
  step_up_world w;
  w.account_settings.log_ins = {};
  w.audit_failures({2, 4});
  const auto by_code = [&](const std::string& phone, const std::string& network) {
    auto client = client_at();
    client.network = network;
    return code_of(w.call(w.accounts, log_in_by_code{phone, "000000", client}));
  };
  for (int i = 10; i < 40; ++i) {
    const auto network = "192.0." + std::to_string(i < 20 ? 1 : i) + ".0/24";
    CHECK(by_code("+86139001390" + std::to_string(i), network) != errc::none);
  }
  CHECK(by_code(her_phone, "192.0.1.0/24") != errc::none);
  CHECK(std::ranges::count(w.stores->audit, w.ann, &storage::audit_event::user) == 1);
  CHECK(w.stores->audit.size() == 5); // Of all networks as many as they may have.
}

TEST_CASE("a stop tells how many failures were left out") {
  step_up_world w;
  w.account_settings.log_ins = {};
  w.audit_failures({2, 100});
  for (int i = 0; i < 5; ++i)
    CHECK(code_of(w.call(w.accounts,
                         log_in{"ann@example.org", "wrong password", client_at()}))
          == errc::wrong_credentials);
  caf::anon_send(w.accounts.get(), shut_down{});
  w.run();
  REQUIRE(w.stores->audit.size() == 3);
  CHECK(w.stores->audit.back().user == w.ann);
  CHECK(w.stores->audit.back().detail == "3 more left out");
}

TEST_CASE("who fails without end at their own account hides nothing from another's "
          "trail") {
  step_up_world w;
  w.kill(w.accounts);
  w.account_settings.log_ins = {}; // They would stop it sooner.
  w.start_accounts();
  const auto mallory = w.call(w.accounts, sign_up{"mallory@example.org", "password",
                                                  "password", client_at()})
                           ->user;
  const auto session = w.session_of(mallory);
  w.advance(2min, 2min);
  w.stores->audit.clear();
  REQUIRE(w.stores
              ->run(storage::prove_session{
                  .user = mallory, .family = session, .now = w.now()})
              .ok());
  w.stores->audit.clear();
  for (int i = 0; i < 700; ++i)
    (void)w.call(w.accounts,
                 bind_own_phone{mallory, session, other_phone, "000000", client_at()});
  const auto at = [&](user_id user) {
    return std::ranges::count(w.stores->audit, user, &storage::audit_event::user);
  };
  CHECK(at(mallory) == 10);
  for (int i = 0; i < 10; ++i)
    CHECK(code_of(w.call(w.accounts, log_in{"ann@example.org", "wrong password",
                                            client_at("192.0.2.9")}))
          == errc::wrong_credentials);
  for (int i = 0; i < 3; ++i)
    CHECK(w.prove("wrong password") == errc::wrong_credentials);
  CHECK(at(w.ann) == 13);
}

TEST_CASE("whatever proof fails is told of the account that it was tried at") {
  step_up_world w;
  const auto told = [&](errc why, errc ended, user_id user, storage::audit_kind kind,
                        const std::string& how) {
    CHECK(why == ended);
    REQUIRE_FALSE(w.stores->audit.empty());
    const auto entry = w.stores->audit.back();
    w.stores->audit.clear();
    CHECK(entry.user == user);
    CHECK(entry.kind == kind);
    CHECK(entry.detail == how);
  };
  using enum storage::audit_kind;
  const auto enter = [&](const std::string& phone) {
    return code_of(w.call(w.accounts, log_in_by_code{phone, "000000", client_at()}));
  };
  const auto reset = [&](const std::string& phone, const std::string& code) {
    return code_of(
        w.call(w.accounts, reset_password{phone, code, "a new password", client_at()}));
  };
  told(enter("138 0013 8000"), errc::wrong_code, w.ann, log_in_failed, "code");
  told(enter(other_phone), errc::wrong_code, 0, log_in_failed, "code");
  told(reset(her_phone, "000000"), errc::wrong_code, w.ann, password_reset_failed,
       "code");
  told(reset(other_phone, "000000"), errc::wrong_code, 0, password_reset_failed, "code");
  const auto right = w.send("reset_password", other_phone, 0);
  told(reset(other_phone, right), errc::wrong_code, 0, password_reset_failed, "code");
  told(w.prove({}, "000000"), errc::wrong_code, w.ann, step_up_failed, "code");
  told(w.prove("wrong password"), errc::wrong_credentials, w.ann, step_up_failed,
       "password");
  told(code_of(w.call(w.accounts, change_password{w.ann, w.home, "wrong password",
                                                  "a new password", client_at()})),
       errc::wrong_credentials, w.ann, password_change_failed, "password");
  REQUIRE(w.prove("password") == errc::none);
  told(w.bind("000000", w.ann, w.home), errc::wrong_code, w.ann, phone_bind_failed,
       "code");
}

TEST_CASE("a right code is no failure, whatever it is entered for") {
  step_up_world w;
  REQUIRE(w.prove({}, w.send("step_up", her_phone, w.ann)) == errc::none);
  REQUIRE(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  const auto code = w.send("login", other_phone, 0);
  REQUIRE(w.call(w.accounts, log_in_by_code{other_phone, code, client_at()}).ok());
  const auto reset = w.send("reset_password", other_phone, 0);
  REQUIRE(w.call(w.accounts,
                 reset_password{other_phone, reset, "a new password", client_at()})
              .ok());
  CHECK(w.stores->audit.empty());
}

TEST_CASE("who enters a wrong code waits for no look at the account") {
  for (const auto& phone : {her_phone, other_phone}) {
    step_up_world w;
    w.doors->hold<storage::find_user_by_phone>();
    auto entering =
        w.call_later(w.accounts, log_in_by_code{phone, "000000", client_at()});
    w.run();
    REQUIRE(*entering);
    CHECK(code_of(**entering) == errc::wrong_code);
    CHECK(w.stores->audit.empty());
    w.doors->release();
    w.run();
    CHECK(w.stores->audit.size() == 1);
  }
}

TEST_CASE("a flood of wrong codes is no flood of writes") {
  step_up_world w;
  w.audit_failures({1, 3});
  for (int i = 0; i < 20; ++i) {
    auto client = client_at("192.0." + std::to_string(i) + ".1");
    client.network = "192.0." + std::to_string(i) + ".0/24";
    CHECK(code_of(w.call(w.accounts, log_in_by_code{"138001381" + std::to_string(10 + i),
                                                    "000000", client}))
          == errc::wrong_code);
  }
  CHECK(w.stores->audit.size() == 3);
  // It hides no guess at a password meanwhile.
  CHECK(w.prove("wrong password") == errc::wrong_credentials);
  CHECK(w.stores->audit.size() == 4);
  CHECK(w.stores->audit.back().user == w.ann);
  CHECK(w.stores->audit.back().detail == "password");
}

} // namespace tinybook::test
