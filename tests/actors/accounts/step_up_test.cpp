#include "tests/actors/support/identity_world.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

const std::string her_phone = "13800138000";
const std::string other_phone = "13800138009";

/// Ann with a password and a phone, whose session is an hour old.
struct step_up_world : identity_world {
  step_up_world() {
    start_all();
    ann = call(accounts, sign_up{"ann@example.org", "password", "password", client_at()})
              ->user;
    stores->users.at(0).phone = "+8613800138000";
    home = session_of(ann);
    advance(1h, 1h);
  }

  std::string send(const std::string& purpose, const std::string& phone,
                   user_id account) {
    REQUIRE(
        call(verification, send_code{phone, purpose, client_at(), language::zh, account})
            .ok());
    return last_code();
  }
  errc bind(const std::string& code, user_id user, const std::string& family) {
    return code_of(
        call(accounts, bind_own_phone{user, family, other_phone, code, client_at()}));
  }
  errc prove(const std::string& password, const std::string& code = {}) {
    return code_of(call(accounts, step_up{ann, home, password, code, client_at()}));
  }
  errc change_without_old() {
    return code_of(
        call(accounts, change_password{ann, home, {}, "new password", client_at()}));
  }
  errc send_own(const std::string& purpose, const std::string& phone = {}) {
    return code_of(
        call(accounts, send_own_code{ann, home, purpose, phone, client_at(), {}}));
  }
  bool proved() {
    return stores->run(storage::find_proof{ann, {home, now() - 10min}}).ok();
  }

  user_id ann = 0;
  std::string home;
};

} // namespace

TEST_CASE("what opens an account to others needs a proof of the last ten minutes") {
  step_up_world w;
  const auto code = w.send("bind_phone", other_phone, w.ann);
  CHECK(w.send_own("bind_phone", other_phone) == errc::step_up_required);
  CHECK(w.bind(code, w.ann, w.home) == errc::step_up_required);
  CHECK(w.change_without_old() == errc::step_up_required);
  CHECK(code_of(w.call(w.accounts, delete_account{w.ann, w.home, client_at()}))
        == errc::step_up_required);
  CHECK(code_of(w.call(w.accounts, begin_export{w.ann, w.home, client_at()}))
        == errc::step_up_required);
  CHECK(code_of(w.call(w.sessions, end_other_sessions{w.ann, w.home, {}}))
        == errc::step_up_required);

  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind(code, w.ann, w.home) == errc::none);
  CHECK(code_of(w.call(w.sessions, end_other_sessions{w.ann, w.home, {}})) == errc::none);
  w.advance(10min + 1ms, 10min + 1ms);
  CHECK(w.change_without_old() == errc::step_up_required);
  CHECK(w.prove("password") == errc::none);
  CHECK(w.change_without_old() == errc::none);
}

TEST_CASE("a proof is of one session alone, and ends with it") {
  step_up_world w;
  const auto other = w.session_of(w.ann); // Whoever has that has just logged in.
  CHECK(code_of(w.call(w.sessions, end_other_sessions{w.ann, w.home, {}}))
        == errc::step_up_required);
  CHECK(code_of(w.call(w.sessions, end_other_sessions{w.ann, other, {}})) == errc::none);
  CHECK(w.prove("password") == errc::token_revoked);
  CHECK(code_of(w.call(w.accounts, delete_account{w.ann, w.home, client_at()}))
        == errc::token_revoked);
}

TEST_CASE("the password proves it, and wrong ones count for the session") {
  step_up_world w;
  for (int i = 0; i < 10; ++i)
    CHECK(w.prove("wrong password") == errc::wrong_credentials);
  CHECK(w.prove("password") == errc::rate_limited);
  CHECK_FALSE(w.proved());
  CHECK(w.stores->audit.size() == 10);
}

TEST_CASE("beyond the limit its owner is told whether a code helps, a stranger nothing") {
  step_up_world w;
  const auto limited = [&](auto attempt) {
    for (int i = 0; i < 10; ++i)
      CHECK(code_of(attempt()) == errc::wrong_credentials);
    const auto refused = attempt();
    REQUIRE(code_of(refused) == errc::rate_limited);
    return refused.error().proofs;
  };
  const auto prove = [&] {
    return w.call(w.accounts, step_up{w.ann, w.home, "wrong password", {}, client_at()});
  };
  const auto change = [&] {
    return w.call(w.accounts, change_password{w.ann, w.home, "wrong password",
                                              "new password", client_at()});
  };
  using proofs = std::vector<std::string_view>;
  CHECK(limited(prove) == proofs{"code"});
  w.advance(1h, 1h);
  CHECK(limited(change) == proofs{"code"});
  w.stores->users.at(0).phone.clear();
  CHECK(prove().error().proofs == proofs{"password"});
  const auto log_in_of = [&] {
    return w.call(w.accounts,
                  log_in{"ann@example.org", "wrong password", client_at("192.0.2.99")});
  };
  CHECK(limited(log_in_of).empty());
}

TEST_CASE("right passwords of a session are not proved without end") {
  step_up_world w;
  w.kill(w.accounts);
  w.account_settings.log_ins.attempts.count = 3;
  w.start_accounts();
  for (int i = 0; i < 3; ++i)
    CHECK(w.prove("password") == errc::none);
  CHECK(w.prove("password") == errc::rate_limited);
}

TEST_CASE("a person exports so many times a day") {
  step_up_world w;
  w.kill(w.accounts);
  w.account_settings.exports_day = {2, 24h};
  w.start_accounts();
  CHECK(w.prove("password") == errc::none);
  const auto exported = [&] {
    return w.call(w.accounts, begin_export{w.ann, w.home, client_at()});
  };
  CHECK(exported().ok());
  CHECK(exported().ok());
  CHECK(exported().error().rule == limit_rule::exports_day);
}

TEST_CASE("wrong codes that are entered within a session have a limit, also where none "
          "was sent") {
  step_up_world w;
  w.advance(1h, 1h);
  for (int i = 0; i < 10; ++i)
    CHECK(w.prove({}, "000000") != errc::rate_limited);
  CHECK(w.prove({}, "000000") == errc::rate_limited);
  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind("000000", w.ann, w.home) == errc::rate_limited);
  const auto other = w.session_of(w.ann);
  CHECK(w.bind("000000", w.ann, other) == errc::wrong_code);
}

TEST_CASE("wrong passwords of many sessions of one account count for the address, too") {
  step_up_world w;
  const auto guess = [&](const std::string& family, const std::string& address) {
    return w.call(w.accounts,
                  step_up{w.ann, family, "wrong password", {}, client_at(address)});
  };
  for (int i = 0; i < 50; ++i) {
    if (i % 10 == 0)
      w.home = w.session_of(w.ann);
    CHECK(guess(w.home, "192.0.2.1").error().code == errc::wrong_credentials);
  }
  const auto next = w.session_of(w.ann);
  CHECK(guess(next, "192.0.2.1").error().rule == limit_rule::login_address);
  CHECK(guess(next, "192.0.2.2").error().code == errc::wrong_credentials);
}

TEST_CASE("strangers who guess at the account lock nobody out of a proof") {
  step_up_world w;
  for (int i = 0; i < 12; ++i)
    (void)w.call(w.accounts, log_in{"ann@example.org", "wrong password",
                                    client_at("192.0.2." + std::to_string(i))});
  CHECK(code_of(w.call(w.accounts, log_in{"ann@example.org", "password", client_at()}))
        == errc::rate_limited);
  CHECK(w.prove("password") == errc::none);
}

TEST_CASE("strangers who ask for codes to the phone lock nobody out of a proof by code") {
  step_up_world w;
  for (int i = 0; i < 12; ++i) {
    (void)w.call(w.verification,
                 send_code{her_phone, "login", client_at(), language::zh});
    w.advance(61s, 61s);
  }
  CHECK(code_of(w.call(w.verification,
                       send_code{her_phone, "login", client_at(), language::zh}))
        == errc::rate_limited);
  CHECK(w.send_own("step_up") == errc::none);
  CHECK(w.prove({}, w.last_code()) == errc::none);
}

TEST_CASE("a code to the phone of the account proves it, once") {
  step_up_world w;
  CHECK(w.send_own("step_up") == errc::none);
  const auto& sent = w.stores->submitted.back().message;
  CHECK(sent.phone == "+8613800138000");
  CHECK(sent.template_name == "step_up_code");
  CHECK(sent.account == w.ann);
  const auto code = w.last_code();
  CHECK(w.prove({}, code == "000000" ? "000001" : "000000") == errc::wrong_code);
  CHECK(w.prove({}, code) == errc::none);
  CHECK(w.proved());
  CHECK(w.prove({}, code) == errc::wrong_code);
  w.stores->users.at(0).phone.clear();
  CHECK(w.send_own("step_up") == errc::no_phone);
  CHECK(w.prove({}, code) == errc::no_phone);
}

TEST_CASE("a password that changes while it is compared proves nothing") {
  step_up_world w;
  w.doors->hold<storage::prove_session>();
  auto proving =
      w.call_later(w.accounts, step_up{w.ann, w.home, "password", {}, client_at()});
  w.run();
  ++w.stores->users.at(0).device_epoch;
  w.doors->release();
  w.run();
  CHECK(code_of(**proving) == errc::wrong_credentials);
  CHECK_FALSE(w.proved());
}

TEST_CASE("a code to bind belongs to the account that asked for it") {
  step_up_world w;
  const auto bob =
      w.call(w.accounts, sign_up{"bob@example.org", "password", "password", client_at()})
          ->user;
  const auto code = w.send("bind_phone", other_phone, w.ann);
  const auto home_of_bob = w.session_of(bob);
  CHECK(w.bind(code, bob, home_of_bob) == errc::wrong_code);
  CHECK(w.stores->users.at(1).phone.empty());
  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind(code, w.ann, w.home) == errc::none);
  CHECK(w.stores->users.at(0).phone == "+8613800138009");
}

TEST_CASE("a number that is replaced is told so by a message without a code") {
  step_up_world w;
  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  REQUIRE(w.stores->notices.size() == 1);
  const auto& notice = w.stores->notices.front();
  CHECK(notice.phone == "+8613800138000");
  CHECK(notice.purpose == "notice");
  CHECK(notice.code == 0);
  CHECK(notice.region == "CN");
  CHECK(notice.expires_at - notice.created_at == 24h);
  const auto content = open_content(notice, *w.keys);
  REQUIRE(content);
  CHECK(content->parameters.empty());
  const auto text =
      render_message(notice.template_name, content->parameters, language::en);
  REQUIRE(text.ok());
  CHECK(text->find("number was replaced") != std::string::npos);

  // None where there was none, or it is the same.
  w.stores->users.at(0).phone.clear();
  w.advance(61s, 61s);
  CHECK(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  w.advance(61s, 61s);
  CHECK(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  CHECK(w.stores->notices.size() == 1);
}

TEST_CASE("a test number that is replaced gets no message") {
  step_up_world w;
  auto settings = default_settings();
  settings.codes.test_numbers = {"+8613800138000=123456"};
  w.kill(w.accounts);
  w.account_settings = accounts_from(settings);
  w.start_accounts();
  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  CHECK(w.stores->users.at(0).phone == "+8613800138009");
  CHECK(w.stores->notices.empty());
}

TEST_CASE("who has no e-mail to log in by is told to turn to the operator") {
  step_up_world w;
  w.stores->users.at(0).email.clear();
  CHECK(w.prove("password") == errc::none);
  CHECK(w.bind(w.send("bind_phone", other_phone, w.ann), w.ann, w.home) == errc::none);
  REQUIRE(w.stores->notices.size() == 1);
  for (const auto lang : {language::en, language::zh}) {
    const auto text = render_message(w.stores->notices.front().template_name, {}, lang);
    REQUIRE(text.ok());
    CHECK(text->find("e-mail") == std::string::npos);
    CHECK(text->find("邮箱") == std::string::npos);
    CHECK(text->find(lang == language::en ? "operator" : "管理员") != std::string::npos);
  }
}

TEST_CASE("a phone that changes under a binding is the one that is told") {
  step_up_world w;
  CHECK(w.prove("password") == errc::none);
  const auto code = w.send("bind_phone", other_phone, w.ann);
  w.doors->hold<storage::bind_phone>();
  auto binding = w.call_later(
      w.accounts, bind_own_phone{w.ann, w.home, other_phone, code, client_at()});
  w.run();
  w.stores->users.at(0).phone = "+8613800138001";
  w.doors->release();
  w.run();
  REQUIRE((*binding)->ok());
  REQUIRE(w.stores->notices.size() == 1);
  CHECK(w.stores->notices.front().phone == "+8613800138001");
}

TEST_CASE("a log-in takes a deletion back, by password and by code") {
  for (const bool by_code : {false, true}) {
    step_up_world w;
    CHECK(w.prove("password") == errc::none);
    REQUIRE(w.call(w.accounts, delete_account{w.ann, w.home, client_at()}).ok());
    CHECK(w.ingress_saw->revoked.size() == 1);
    CHECK(w.stores->leaving.contains(w.ann));
    if (by_code)
      CHECK(w.call(w.accounts,
                   log_in_by_code{her_phone, w.send("login", her_phone, 0), client_at()})
                .ok());
    else
      CHECK(w.call(w.accounts, log_in{"ann@example.org", "password", client_at()}).ok());
    CHECK_FALSE(w.stores->leaving.contains(w.ann));
  }
}

TEST_CASE(
    "a code opens no account whose grace ends meanwhile, and says when to come back") {
  step_up_world w;
  const auto code = w.send("login", her_phone, 0);
  w.doors->fail<storage::create_family>(failure{errc::user_not_found});
  const auto refused =
      w.call(w.accounts, log_in_by_code{her_phone, code, client_at()}).error();
  CHECK(refused.code == errc::unavailable);
  CHECK(refused.retry_after == 30s);
}

TEST_CASE("who is banned is told so at log-in, behind the right password alone") {
  step_up_world w;
  REQUIRE(w.call(w.accounts, moderate_account{w.ann, true, {.by = "ops", .reason = "x"}})
              .ok());
  CHECK(w.ingress_saw->revoked.size() == 1);
  const auto enter = [&](const std::string& password) {
    return code_of(w.call(w.accounts, log_in{"ann@example.org", password, client_at()}));
  };
  CHECK(enter("wrong password") == errc::wrong_credentials);
  const auto banned =
      w.call(w.accounts, log_in{"ann@example.org", "password", client_at()});
  REQUIRE(banned.ok());
  CHECK(banned->banned);
  CHECK(banned->refresh.empty());
  CHECK(banned->device.empty());
  const auto family = w.claims(banned->access, token_kind::banned).family;
  CHECK(w.call(w.accounts, begin_export{w.ann, family, client_at()}).ok());
  CHECK(w.call(w.accounts, delete_account{w.ann, family, client_at()}).ok());
  const auto back =
      w.call(w.accounts, log_in{"ann@example.org", "password", client_at()});
  REQUIRE(back.ok());
  CHECK(back->banned);
  CHECK(back->restored);
  CHECK(code_of(w.call(w.accounts, moderate_account{w.ann, true, {}}))
        == errc::wrong_state);
  REQUIRE(w.call(w.accounts, moderate_account{w.ann, false, {}}).ok());
  CHECK(enter("password") == errc::none);
}

TEST_CASE("a reset says whether the account is banned, also where it is sent again") {
  step_up_world w;
  const auto code = w.send("reset_password", her_phone, 0);
  REQUIRE(w.call(w.accounts, moderate_account{w.ann, true, {}}).ok());
  auto client = client_at();
  client.once = "one form";
  for (int i = 0; i < 2; ++i) {
    const auto set =
        w.call(w.accounts, reset_password{her_phone, code, "another one", client});
    REQUIRE(set.ok());
    CHECK(set->banned);
  }
}

TEST_CASE("a password that changes between its comparison and the session opens none") {
  step_up_world w;
  w.doors->hold<storage::create_family>();
  auto entering =
      w.call_later(w.accounts, log_in{"ann@example.org", "password", client_at()});
  w.run();
  ++w.stores->users.at(0).device_epoch;
  w.doors->release();
  w.run();
  CHECK(code_of(**entering) == errc::wrong_credentials);
}

TEST_CASE("failed log-ins are in the trail, as many as it takes in a minute") {
  step_up_world w;
  w.kill(w.accounts);
  w.account_settings.audited_failures = {3, 100};
  w.start_accounts();
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
  w.kill(w.accounts);
  w.account_settings.audited_failures = {2, 100};
  w.account_settings.log_ins = {};
  w.start_accounts();
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
  w.kill(w.accounts);
  w.account_settings.audited_failures = {2, 4};
  w.account_settings.log_ins = {};
  w.start_accounts();
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
  w.kill(w.accounts);
  w.account_settings.audited_failures = {2, 100};
  w.account_settings.log_ins = {};
  w.start_accounts();
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
  w.kill(w.accounts);
  w.account_settings.audited_failures = {1, 3};
  w.start_accounts();
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
