#include "tests/actors/support/identity_world.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// Ann, ann@example.org with "password" and the phone +8613800138000.
class password_world : public identity_world {
 public:
  password_world() {
    start_all();
    auto made = call(accounts, sign_up{"ann@example.org", "password", "password",
                                       client_at("198.51.100.1")});
    REQUIRE(made.ok());
    ann = made->user;
    stores->users.at(0).phone = "+8613800138000";
  }

  std::string send(const std::string& purpose, const std::string& phone = "13800138000") {
    return send_to(purpose, phone, purpose == "bind_phone" ? ann : 0);
  }
  std::string send_to(const std::string& purpose, const std::string& phone,
                      user_id account) {
    REQUIRE(
        call(verification, send_code{phone, purpose, client_at(), language::zh, account})
            .ok());
    return last_code();
  }
  result<done> bind(const std::string& phone, const std::string& code, user_id user) {
    return call(accounts,
                bind_own_phone{user, session_of(user), phone, code, client_at()});
  }

  result<token_pair> enter(const std::string& password) {
    return call(accounts, log_in{"ann@example.org", password, client_at("192.0.2.77")});
  }

  result<done> reset(const std::string& code,
                     const std::string& password = "new password",
                     const std::string& phone = "13800138000",
                     client_info client = client_at()) {
    return as_done(
        call(accounts, reset_password{phone, code, password, std::move(client)}));
  }

  result<token_pair> change(const std::string& old_password,
                            const std::string& password = "new password",
                            client_info client = client_at()) {
    return call(accounts,
                change_password{ann, {}, old_password, password, std::move(client)});
  }

  std::uint64_t hashes_made() const {
    return workers[0].meter()->handled() + workers[1].meter()->handled();
  }
  std::string family_of(const token_pair& pair) {
    return claims(pair.refresh, token_kind::refresh).family;
  }

  user_id ann = 0;
};

std::string other_than(const std::string& code) {
  return code == "000000" ? "000001" : "000000";
}

} // namespace

TEST_CASE("a phone is bound to the account by a code that was sent to it") {
  password_world w;
  auto code = w.send("bind_phone", "13800138009");
  CHECK(w.bind("+8613800138009", code, w.ann).ok());
  CHECK(w.stores->users.at(0).phone == "+8613800138009");
  CHECK(w.bind("13800138009", code, w.ann).error().code == errc::wrong_code);
}

TEST_CASE("a wrong code binds nothing, and a phone of another account is told") {
  password_world w;
  auto bob =
      w.call(w.accounts, sign_up{"bob@example.org", "password", "password", client_at()});
  auto code = w.send_to("bind_phone", "13800138000", bob->user);
  auto bind = [&](const std::string& entered) {
    return w.bind("13800138000", entered, bob->user);
  };
  CHECK(bind(other_than(code)).error().code == errc::wrong_code);
  CHECK(bind(code).error().code == errc::phone_taken);
  CHECK(w.stores->users.at(1).phone.empty());
  CHECK(bind("12").error().code == errc::invalid_field);
}

TEST_CASE("a code of one purpose never works for another") {
  password_world w;
  const std::vector<std::string> purposes{"login", "bind_phone", "reset_password"};
  auto use = [&](const std::string& purpose, const std::string& code) -> errc {
    if (purpose == "login") {
      auto r = w.call(w.accounts, log_in_by_code{"13800138000", code, client_at()});
      return r.ok() ? errc::none : r.error().code;
    }
    auto r = purpose == "bind_phone" ? w.bind("13800138000", code, w.ann) : w.reset(code);
    return r.ok() ? errc::none : r.error().code;
  };
  for (const auto& sent : purposes) {
    auto code = w.send(sent);
    for (const auto& used : purposes)
      if (used != sent)
        CHECK_MESSAGE(use(used, code) == errc::wrong_code, sent << " as " << used);
    CHECK_MESSAGE(use(sent, code) == errc::none, sent);
  }
}

TEST_CASE("each purpose has its own cooldown, its own tries and its own text") {
  password_world w;
  auto login = w.send("login");
  auto bind = w.send("bind_phone");
  CHECK(w.stores->submitted.back().message.template_name == "bind_code");
  auto reset = w.send("reset_password");
  CHECK(w.stores->submitted.back().message.template_name == "reset_code");
  CHECK(w.call(w.verification,
               send_code{"13800138000", "bind_phone", client_at(), language::zh})
            .error()
            .code
        == errc::send_cooldown);
  for (int i = 0; i < 3; ++i)
    CHECK(w.reset(other_than(reset)).error().code == errc::wrong_code);
  CHECK(w.reset(reset).error().code == errc::too_many_tries);
  CHECK(w.call(w.accounts, log_in_by_code{"13800138000", login, client_at()}).ok());
  CHECK(w.bind("13800138000", bind, w.ann).ok());
}

TEST_CASE("a reset sets the password and revokes every session before it is answered") {
  password_world w;
  auto one = w.enter("password");
  auto two = w.enter("password");
  auto code = w.send("reset_password");
  REQUIRE(w.reset(code).ok());
  CHECK(w.ingress_saw->revoked.size() == 2);
  for (const auto& pair : {*one, *two})
    CHECK(w.call(w.sessions, refresh_session{pair.refresh}).error().code
          == errc::token_revoked);
  CHECK(w.enter("password").error().code == errc::wrong_credentials);
  CHECK(w.enter("new password").ok());
}

TEST_CASE("the browser of a reset is known, and no other") {
  password_world w;
  client_info client{"192.0.2.1", "browser", w.ann, {}};
  client.once = "one form";
  auto lost = client;
  const reset_password form{"13800138000", w.send("reset_password"), "new password",
                            client};
  const auto set = w.call(w.accounts, form);
  REQUIRE(set.ok());
  const auto known = w.claims(set->device, token_kind::device);
  CHECK(known.user_id == w.ann);
  CHECK(known.id == "browser");
  CHECK(known.generation == 1);
  client.device_epoch = known.generation;
  // Sent again it may come behind a reset by somebody else.
  const auto again = w.call(w.accounts, form);
  REQUIRE(again.ok());
  CHECK(again->device.empty());
  for (int i = 0; i < 10; ++i)
    CHECK(w.enter("wrong password").error().code == errc::wrong_credentials);
  const auto enter_from = [&](const client_info& from) {
    return code_of(w.call(w.accounts, log_in{"ann@example.org", "new password", from}));
  };
  CHECK(enter_from(lost) == errc::rate_limited);
  client.once.clear();
  CHECK(enter_from(client) == errc::none);
}

TEST_CASE("a reset whose browser cannot be made known is done") {
  password_world w;
  const auto code = w.send("reset_password");
  w.kill(w.sessions);
  const auto set = w.call(
      w.accounts, reset_password{"13800138000", code, "new password", client_at()});
  REQUIRE(set.ok());
  CHECK(set->device.empty());
}

TEST_CASE("a reset waits for the ingress, but not for ever") {
  password_world w;
  REQUIRE(w.enter("password").ok());
  auto code = w.send("reset_password");
  w.doors->hold<session_revoked>();
  auto answer = w.call_later(
      w.accounts, reset_password{"13800138000", code, "new password", client_at()});
  w.run();
  CHECK_FALSE(answer->has_value());
  w.advance(w.session_settings.push_timeout + 100ms);
  REQUIRE(answer->has_value());
  CHECK((*answer)->ok());
}

TEST_CASE(
    "a phone without an account is answered like a wrong code after the same work") {
  password_world w;
  auto before = w.hashes_made();
  auto known = w.send("reset_password");
  auto wrong = w.reset(other_than(known));
  auto after_wrong = w.hashes_made();
  auto code = w.send("reset_password", "13800138001");
  auto nobody = w.reset(code, "new password", "13800138001");
  auto after_nobody = w.hashes_made();
  REQUIRE(w.reset(known).ok());
  CHECK(wrong.error().code == errc::wrong_code);
  CHECK(nobody.error().code == errc::wrong_code);
  CHECK(wrong.error().detail == nobody.error().detail);
  CHECK(after_wrong - before == 1);
  CHECK(after_nobody - after_wrong == 1);
  CHECK(w.hashes_made() - after_nobody == 1);
}

TEST_CASE("a reset names a refused password and code at once, and uses nothing up") {
  password_world w;
  auto code = w.send("reset_password");
  auto refused = w.reset("12", "short");
  CHECK(refused.error().code == errc::invalid_field);
  CHECK(refused.error().fields.size() == 2);
  CHECK(w.reset(code, "short").error().code == errc::invalid_field);
  CHECK(w.reset(code).ok());
}

TEST_CASE("a password that is guessed first is chosen nowhere, and uses nothing up") {
  password_world w;
  w.account_settings.passwords.min_score = 2;
  w.kill(w.accounts);
  w.start_accounts();
  const auto rule_of = [](const auto& refused) {
    REQUIRE(refused.error().fields.size() == 1);
    CHECK(refused.error().fields[0].field == "password");
    return refused.error().fields[0].rule;
  };
  CHECK(rule_of(w.call(w.accounts,
                       sign_up{"bob@example.org", "iloveyou2", "iloveyou2", client_at()}))
        == field_rule::common_words);
  CHECK(rule_of(w.call(w.accounts, sign_up{"gearbox.tulip@example.org", "gearbox.tulip",
                                           "gearbox.tulip", client_at()}))
        == field_rule::own_words);
  CHECK(rule_of(w.change("password", "31.12.1990")) == field_rule::predictable);
  CHECK(rule_of(w.change("password", "Tinybook2026!")) == field_rule::own_words);
  w.stores->users.at(0).nickname = "gearboxtulip";
  CHECK(rule_of(w.change("password", "Gearboxtulip1")) == field_rule::own_words);
  w.stores->users.at(0).phone = "+8613800138000";
  CHECK(rule_of(w.change("password", "13800138000")) == field_rule::own_words);
  auto code = w.send("reset_password");
  CHECK(rule_of(w.reset(code, "8613800138000")) == field_rule::own_words);
  CHECK(rule_of(w.reset(code, "qwertyuiop")) == field_rule::common_words);
  // What the account's words are is told to who has the code, and to nobody else.
  CHECK(w.reset(other_than(code), "Gearboxtulip1").error().code == errc::wrong_code);
  CHECK(rule_of(w.reset(code, "Gearboxtulip1")) == field_rule::own_words);
  CHECK(w.reset(code, "correct horse battery").ok());
  CHECK(w.enter("correct horse battery").ok());
}

TEST_CASE("what a site is known by comes from its configuration") {
  auto settings = default_settings();
  settings.sms.public_url = "https://gazelle.example:8443/sms";
  settings.http.cors_origins = {"https://www.okapi.example", "http://localhost:3000"};
  CHECK(accounts_from(settings).site_names
        == std::vector<std::string>{"tinybook", "gazelle.example", "www.okapi.example"});
}

TEST_CASE("failed resets count with the failed log-ins of the address") {
  password_world w;
  auto code = w.send("reset_password");
  for (int i = 0; i < 50; ++i) {
    auto refused =
        w.reset("000000", "new password", "138001381" + std::to_string(10 + i));
    CHECK(refused.error().code == errc::wrong_code);
  }
  CHECK(w.reset(code).error().code == errc::rate_limited);
  CHECK(
      w.call(w.accounts, log_in{"bob@example.org", "password", client_at()}).error().code
      == errc::rate_limited);
  CHECK(w.reset(code, "new password", "13800138000", client_at("192.0.2.2")).ok());
}

TEST_CASE("strangers at its address lock no known browser out of a reset") {
  password_world w;
  const client_info known{"192.0.2.1", "browser", w.ann, {}};
  const auto strangers_fail = [&] {
    for (int i = 0; i < 50; ++i)
      CHECK(w.reset("000000", "new password", "138001381" + std::to_string(10 + i))
                .error()
                .code
            == errc::wrong_code);
  };
  const auto rule_at = [&](const std::string& code, const std::string& phone,
                           const client_info& client) {
    return w.reset(code, "new password", phone, client).error().rule;
  };
  auto code = w.send("reset_password");
  SUBCASE("of the account that the phone belongs to") {
    strangers_fail();
    CHECK(rule_at(code, "13800138000", client_at()) == limit_rule::login_address);
    CHECK(w.reset(code, "new password", "13800138000", known).ok());
  }
  SUBCASE("which is a stranger to other phones, and after a new password") {
    strangers_fail();
    CHECK(rule_at(code, "13800138001", known) == limit_rule::login_address);
    auto before = known;
    before.device_epoch = 7;
    CHECK(rule_at(code, "13800138000", before) == limit_rule::login_address);
  }
  SUBCASE("and its own failures count with those of its log-ins") {
    for (int i = 0; i < 10; ++i)
      CHECK(w.call(w.accounts, log_in{"ann@example.org", "wrong password", known})
                .error()
                .code
            == errc::wrong_credentials);
    CHECK(rule_at(code, "13800138000", known) == limit_rule::login_device);
    CHECK(w.reset(code).ok());
  }
}

TEST_CASE("a reset that cannot be hashed or stored says so and costs no permit") {
  password_world w;
  auto code = w.send("reset_password");
  SUBCASE("hashed: the code stays good") {
    w.kill(w.hasher);
    for (int i = 0; i < 60; ++i)
      CHECK(w.reset(code).error().code == errc::unavailable);
    w.start_hasher();
    CHECK(w.reset(code).ok());
  }
  SUBCASE("stored") {
    w.doors->fail<storage::set_password>(failure{errc::storage_full});
    CHECK(w.reset(code).error().code == errc::storage_full);
    w.doors->release();
    CHECK(w.enter("password").ok());
  }
}

TEST_CASE("a change proves the old password, revokes every session and opens a new one") {
  password_world w;
  auto old = w.enter("password");
  auto pair = w.change("password", "new password", {"192.0.2.1", "browser", w.ann, {}});
  REQUIRE(pair.ok());
  CHECK(pair->user == w.ann);
  CHECK(w.claims(pair->device, token_kind::device).id == "browser");
  REQUIRE(w.ingress_saw->revoked.size() == 1);
  CHECK(w.ingress_saw->revoked[0].family == w.family_of(*old));
  CHECK(w.call(w.sessions, refresh_session{old->refresh}).error().code
        == errc::token_revoked);
  CHECK(w.call(w.sessions, refresh_session{pair->refresh}).ok());
  CHECK(w.enter("password").error().code == errc::wrong_credentials);
  CHECK(w.enter("new password").ok());
}

TEST_CASE("wrong old passwords count for the session, and lock nobody else out") {
  password_world w;
  for (int i = 0; i < 10; ++i)
    CHECK(w.change("wrong password").error().code == errc::wrong_credentials);
  CHECK(w.change("password").error().code == errc::rate_limited);
  CHECK(w.enter("password").ok());
  CHECK(w.stores->users.at(0).password_hash.starts_with("$argon2id$"));
}

TEST_CASE("an account without a password has none to change") {
  password_world w;
  w.stores->users.at(0).email.clear();
  w.stores->users.at(0).password_hash.clear();
  CHECK(w.change("password").error().code == errc::wrong_credentials);
  CHECK(
      w.call(w.accounts, change_password{99, {}, "password", "new password", client_at()})
          .error()
          .code
      == errc::user_not_found);
}

TEST_CASE("a change that names a short password is refused before any work") {
  password_world w;
  auto before = w.hashes_made();
  CHECK(w.change("password", "short").error().code == errc::invalid_field);
  CHECK(w.hashes_made() == before);
}

TEST_CASE("a password that changed under a change is compared anew") {
  password_world w;
  w.doors->hold<storage::set_password>();
  auto answer = w.call_later(
      w.accounts, change_password{w.ann, {}, "password", "new password", client_at()});
  w.run();
  auto theirs = w.call(w.hasher, make_password_hash{"another one"});
  SUBCASE("to another one: the old password is wrong now") {
    w.stores->users.at(0).password_hash = theirs->hash;
  }
  SUBCASE("to a new hash of the same one: it goes on") {
    w.stores->users.at(0).password_hash =
        w.call(w.hasher, make_password_hash{"password"})->hash;
  }
  bool same = w.stores->users.at(0).password_hash != theirs->hash;
  w.doors->release();
  w.run();
  REQUIRE(answer->has_value());
  if (same)
    CHECK((*answer)->ok());
  else
    CHECK((*answer)->error().code == errc::wrong_credentials);
}

} // namespace tinybook::test
