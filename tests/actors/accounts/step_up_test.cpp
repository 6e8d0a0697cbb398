#include "tests/actors/accounts/step_up_world.hpp"

#include <string>

namespace tinybook::test {

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
  const auto prove_from = [&](const client_info& from) {
    return w.call(w.accounts, step_up{w.ann, w.home, {}, "000000", from}).error();
  };
  const auto refused = prove_from(client_at());
  CHECK(refused.rule == limit_rule::session_codes);
  CHECK(refused.proofs == std::vector<std::string_view>{"password"});
  // Whoever has a stolen token is not in the browser that the account knows.
  const client_info known{"192.0.2.1", "browser", w.ann, {}};
  for (int i = 0; i < 10; ++i)
    CHECK(prove_from(known).code == errc::wrong_code);
  CHECK(prove_from(known).rule == limit_rule::session_codes);
  w.stores->users.at(0).password_hash.clear();
  CHECK(prove_from(known).proofs.empty());
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
  for (const auto& set : w.reset_twice(code))
    CHECK(set.banned);
}

TEST_CASE("a reset says whether there is a log-in by e-mail, also when sent again") {
  for (const bool has_email : {true, false}) {
    step_up_world w;
    if (!has_email)
      w.stores->users.at(0).email.clear();
    const auto code = w.send("reset_password", her_phone, 0);
    for (const auto& set : w.reset_twice(code))
      CHECK(set.has_email == has_email);
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

} // namespace tinybook::test
