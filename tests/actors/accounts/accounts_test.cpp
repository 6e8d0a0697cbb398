#include "tests/actors/support/identity_world.hpp"
#include "tests/actors/support/scripted_verdicts.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

class account_world : public identity_world {
 public:
  account_world() { start_all(); }

  result<signed_up> sign(const std::string& email, client_info client = client_at()) {
    return call(accounts, sign_up{email, "password", "password", std::move(client)});
  }
};

std::vector<std::string> fields_of(const failure& f) {
  std::vector<std::string> names;
  for (const auto& e : f.fields)
    names.push_back(e.field);
  return names;
}

} // namespace

TEST_CASE("a sign-up makes an account with a hashed password") {
  account_world w;
  auto made = w.sign("Ann@Example.org");
  REQUIRE(made.ok());
  const auto& user = w.stores->users.at(0);
  CHECK(user.id == made->user);
  CHECK(user.email == "ann@example.org");
  CHECK(user.password_hash.starts_with("$argon2id$"));
  CHECK(user.created_at == w.now());
}

TEST_CASE("a sign-up names every refused field at once") {
  account_world w;
  auto refused =
      w.call(w.accounts, sign_up{"no address", "short", "shorter", client_at()});
  CHECK(refused.error().code == errc::invalid_field);
  CHECK(fields_of(refused.error())
        == std::vector<std::string>{"email", "password", "confirmPassword"});
  CHECK(w.doors->seen<storage::create_user>() == 0);
}

TEST_CASE("an e-mail signs up once, whatever its case") {
  account_world w;
  REQUIRE(w.sign("ann@example.org").ok());
  CHECK(w.sign("ANN@example.org").error().code == errc::email_taken);
}

TEST_CASE("twenty sign-ups an hour from one address, taken e-mails included") {
  account_world w;
  for (int i = 0; i < 10; ++i)
    REQUIRE(w.sign("user" + std::to_string(i) + "@example.org").ok());
  for (int i = 0; i < 10; ++i)
    CHECK(w.sign("user0@example.org").error().code == errc::email_taken);
  auto refused = w.sign("more@example.org");
  CHECK(refused.error().code == errc::rate_limited);
  CHECK(refused.error().retry_after > 59min);
  CHECK(w.sign("more@example.org", client_at("192.0.2.2")).ok());
}

TEST_CASE("a sign-up that could not be hashed costs no permit") {
  account_world w;
  w.kill(w.hasher);
  for (int i = 0; i < 30; ++i)
    CHECK(w.sign("ann@example.org").error().code == errc::unavailable);
  w.start_hasher();
  CHECK(w.sign("ann@example.org").ok());
}

TEST_CASE("the profile shows what was edited") {
  account_world w;
  auto user = w.sign("ann@example.org")->user;
  REQUIRE(
      w.call(w.accounts, edit_profile{user, " 安 ", "2000-02-29", "hello\nworld"}).ok());
  auto shown = w.stores->run(storage::find_profile{user});
  REQUIRE(shown.ok());
  CHECK(shown->email == "ann@example.org");
  CHECK(shown->phone.empty());
  CHECK(shown->nickname == "安");
  CHECK(shown->birthday == "2000-02-29");
  CHECK(shown->about_me == "hello\nworld");
}

TEST_CASE("an edit changes what it holds and nothing else; empty clears, but a nickname "
          "is never empty") {
  account_world w;
  auto user = w.sign("ann@example.org")->user;
  REQUIRE(w.call(w.accounts, edit_profile{user, "Ann", "2000-01-01", "hello"}).ok());
  REQUIRE(w.call(w.accounts, edit_profile{user}).ok());
  const auto profile = [&] {
    return w.stores->run(storage::find_profile{user}).value();
  };
  CHECK(profile().birthday == "2000-01-01");
  REQUIRE(w.call(w.accounts, edit_profile{user, "Bea"}).ok());
  REQUIRE(w.call(w.accounts, edit_profile{user, {}, "2001-01-01"}).ok());
  CHECK(profile().nickname == "Bea");
  CHECK(profile().birthday == "2001-01-01");
  CHECK(profile().about_me == "hello");
  REQUIRE(w.call(w.accounts, edit_profile{user, {}, "", ""}).ok());
  CHECK(profile().birthday.empty());
  CHECK(profile().about_me.empty());
  auto refused = w.call(w.accounts, edit_profile{user, "", "", ""});
  CHECK(fields_of(refused.error()) == std::vector<std::string>{"nickname"});
}

TEST_CASE(
    "edits of one person have a limit an hour, which those of others do not touch") {
  account_world w;
  CHECK(w.account_settings.edits_hour == rate_limit{60, std::chrono::hours{1}});
  w.account_settings.edits_hour = {2, std::chrono::hours{1}};
  w.kill(w.accounts);
  w.start_accounts();
  const auto ann = w.sign("ann@example.org")->user;
  const auto bob = w.sign("bob@example.org")->user;
  const auto edit = [&](user_id who, const char* name) {
    return w.call(w.accounts, edit_profile{who, name});
  };
  CHECK(edit(ann, "").error().code == errc::invalid_field); // Counts for nothing.
  CHECK(edit(ann, "A").ok());
  CHECK(edit(ann, "B").ok());
  const auto refused = edit(ann, "C");
  REQUIRE(refused.error().code == errc::rate_limited);
  CHECK(refused.error().rule == limit_rule::edits_hour);
  CHECK(refused.error().retry_after > std::chrono::minutes{59});
  CHECK(edit(bob, "A").ok());
  for (int i = 0; i < 3; ++i)
    CHECK(edit(99, "A").error().code == errc::user_not_found);
}

TEST_CASE("a profile edit names every refused field at once") {
  account_world w;
  auto user = w.sign("ann@example.org")->user;
  auto refused = w.call(
      w.accounts, edit_profile{user, "12345678901", "2001-02-29", std::string(201, 'x')});
  CHECK(fields_of(refused.error())
        == std::vector<std::string>{"nickname", "birthday", "aboutMe"});
}

TEST_CASE("today is a birthday wherever it is today, tomorrow is none") {
  account_world w;
  auto user = w.sign("ann@example.org")->user;
  auto day = std::chrono::floor<std::chrono::days>(w.now() + std::chrono::hours{14});
  CHECK(w.call(w.accounts, edit_profile{user, "Ann", format_date({day}), ""}).ok());
  auto refused =
      w.call(w.accounts,
             edit_profile{user, "Ann", format_date({day + std::chrono::days{1}}), ""});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().fields.at(0).rule == field_rule::in_future);
}

TEST_CASE("an unknown user has no profile to edit") {
  account_world w;
  CHECK(w.call(w.accounts, edit_profile{99, "Ann", "", ""}).error().code
        == errc::user_not_found);
}

TEST_CASE("a log-in by code makes the account on first use and finds it again") {
  account_world w;
  auto send = [&] {
    return w.call(w.verification,
                  send_code{"13800138000", "login", client_at(), language::zh});
  };
  auto enter = [&](const std::string& code) {
    return w.call(w.accounts, log_in_by_code{"+8613800138000", code, client_at()});
  };
  REQUIRE(send().ok());
  auto first = enter(w.last_code());
  REQUIRE(first.ok());
  CHECK(w.claims(first->access, token_kind::access).user_id == first->user);
  CHECK(w.stores->users.at(0).phone == "+8613800138000");
  CHECK(enter(w.last_code()).error().code == errc::wrong_code);
  w.advance(61s, 1s);
  REQUIRE(send().ok());
  CHECK(enter(w.last_code())->user == first->user);
  CHECK(w.stores->users.size() == 1);
}

TEST_CASE("a code of another purpose does not log in") {
  account_world w;
  REQUIRE(
      w.call(w.verification, send_code{"13800138000", "reset", client_at(), language::zh})
          .ok());
  auto refused =
      w.call(w.accounts, log_in_by_code{"13800138000", w.last_code(), client_at()});
  CHECK(refused.error().code == errc::wrong_code);
  CHECK(w.stores->users.empty());
}

TEST_CASE("an endpoint that denies keeps an account from being made, before the "
          "password is hashed") {
  identity_world w;
  w.account_settings.sign_ups_per_address = {2, 1h};
  scripted_verdicts hook{w};
  w.verdicts = hook.at();
  w.start_all();
  const auto sign = [&](const std::string& email) {
    return w.call(w.accounts, sign_up{email, "password", "password", client_at()});
  };
  CHECK(sign("nobody").error().code == errc::invalid_field);
  CHECK(hook.asked().empty());
  hook.say(denial("Not today."));
  const auto denied = sign("Ann@Example.org");
  CHECK(denied.error().code == errc::verdict_denied);
  CHECK(denied.error().text == "Not today.");
  CHECK(w.stores->users.empty());
  REQUIRE(hook.asked().size() == 1);
  CHECK(hook.asked().front().what == verdict_question::about::sign_up);
  CHECK(hook.asked().front().email == "ann@example.org");
  CHECK(w.gauge_of(w.hasher.get(), "done") == 0);
  hook.say({.kind = hook_verdict::outcome::allowed});
  CHECK(sign("ann@example.org").ok());
  // Both have taken a permit.
  const auto limited = sign("bob@example.org");
  CHECK(limited.error().code == errc::rate_limited);
  CHECK(limited.error().rule == limit_rule::signup_address);
  CHECK(hook.asked().size() == 2);
}

TEST_CASE("a sign-up without a verdict is refused where the endpoint fails closed, and "
          "costs no permit") {
  identity_world w;
  w.account_settings.sign_ups_per_address = {1, 1h};
  scripted_verdicts hook{w, {2s, config::hook_failure::closed}};
  w.verdicts = hook.at();
  w.start_all();
  hook.say({.why = "HTTP 500"});
  const auto sign = [&] {
    return w.call(w.accounts,
                  sign_up{"ann@example.org", "password", "password", client_at()});
  };
  for (int i = 0; i < 3; ++i) {
    const auto refused = sign();
    CHECK(refused.error().code == errc::unavailable);
    CHECK(refused.error().retry_after == 5s);
  }
  CHECK(w.stores->users.empty());
  hook.say({.kind = hook_verdict::outcome::allowed});
  CHECK(sign().ok());
}

} // namespace tinybook::test
