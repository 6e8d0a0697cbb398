#include "tests/actors/support/identity_world.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// One account, ann@example.org with "password".
class login_world : public identity_world {
 public:
  login_world() {
    start_all();
    auto made = call(accounts, sign_up{"ann@example.org", "password", "password",
                                       client_at("198.51.100.1")});
    REQUIRE(made.ok());
    ann = made->user;
  }

  result<token_pair> enter(const std::string& password, client_info client = client_at(),
                           const std::string& email = "ann@example.org") {
    return call(accounts, log_in{email, password, std::move(client)});
  }

  void fail(int times, const client_info& client = client_at(),
            const std::string& email = "ann@example.org") {
    for (int i = 0; i < times; ++i)
      CHECK(enter("wrong password", client, email).error().code
            == errc::wrong_credentials);
  }

  user_id ann = 0;
};

/// Ann's own browser.
client_info known_browser(user_id user, std::string where = "192.0.2.1") {
  return {std::move(where), "browser", user, {}};
}

std::uint64_t work_of(const identity_world& w) {
  return w.workers[0].meter()->handled() + w.workers[1].meter()->handled();
}

} // namespace

TEST_CASE("the right password opens a session, e-mail in any case") {
  login_world w;
  auto pair = w.enter("password", client_at(), " ANN@Example.ORG ");
  REQUIRE(pair.ok());
  CHECK(pair->user == w.ann);
  CHECK(w.claims(pair->access, token_kind::access).user_id == w.ann);
}

TEST_CASE(
    "a wrong password and an unknown e-mail get the same answer for the same work") {
  login_world w;
  auto before = work_of(w);
  auto wrong = w.enter("wrong password");
  auto after_wrong = work_of(w);
  auto unknown = w.enter("wrong password", client_at(), "bob@example.org");
  auto after_unknown = work_of(w);
  CHECK(wrong.error().code == errc::wrong_credentials);
  CHECK(unknown.error().code == errc::wrong_credentials);
  CHECK(wrong.error().detail == unknown.error().detail);
  CHECK(after_wrong - before == 1);
  CHECK(after_unknown - after_wrong == 1);
  CHECK(w.doors->seen<storage::find_user_by_email>() == 2);
}

TEST_CASE("a hash from before passwords had one form verifies as typed, and is renewed") {
  login_world w;
  const std::string typed = "pa\u0308ssword";   // As some keyboards send it,
  const std::string prepared = "p\u00e4ssword"; // and others.
  const auto set = [&](const std::string& password) {
    w.stores->users.at(0).password_hash =
        w.call(w.hasher, make_password_hash{password})->hash;
  };
  set(prepared);
  CHECK(w.enter(prepared).ok());
  CHECK(w.enter(typed).ok());
  set(typed);
  CHECK(w.enter(prepared).error().code == errc::wrong_credentials);
  CHECK(w.enter(typed).ok());
  CHECK(w.enter(prepared).ok()); // The new hash is that of the one form.
  CHECK(w.enter("another one").error().code == errc::wrong_credentials);
}

TEST_CASE("an unknown e-mail costs as much where the password is tried in both forms") {
  login_world w;
  const auto hashes = [&] {
    double sum = 0;
    for (const auto& worker : w.workers)
      sum += w.gauge_of(worker.get(), "hashes");
    return sum;
  };
  const auto cost = [&](const char* email) {
    const auto before = hashes();
    CHECK(w.enter("wrong pa\u0308ssword", client_at(), email).error().code
          == errc::wrong_credentials);
    return hashes() - before;
  };
  CHECK(cost("ann@example.org") == 2);
  CHECK(cost("nobody@example.org") == 2);
}

TEST_CASE("after ten failures an account is closed for the window, known or not") {
  login_world w;
  for (const char* email : {"ann@example.org", "nobody@example.org"}) {
    CAPTURE(email);
    for (int i = 0; i < 10; ++i)
      w.fail(1, client_at("192.0.2." + std::to_string(i)), email);
    auto refused = w.enter("password", client_at("192.0.2.99"), email);
    CHECK(refused.error().code == errc::rate_limited);
    CHECK(refused.error().retry_after > 14min);
    CHECK(refused.error().retry_after <= 15min);
  }
  w.advance(15min, 1min);
  CHECK(w.enter("password").ok());
}

TEST_CASE("a refused log-in does no hashing") {
  login_world w;
  w.fail(10);
  auto before = work_of(w);
  CHECK(w.enter("password").error().code == errc::rate_limited);
  CHECK(work_of(w) == before);
}

TEST_CASE("after fifty failures an address is closed, others go on") {
  login_world w;
  for (int i = 0; i < 50; ++i)
    w.fail(1, client_at(), "user" + std::to_string(i) + "@example.org");
  CHECK(w.enter("password").error().code == errc::rate_limited);
  CHECK(w.enter("password", client_at("192.0.2.2")).ok());
}

TEST_CASE("successes cost no permits") {
  login_world w;
  for (int i = 0; i < 60; ++i)
    CHECK(w.enter("password").ok());
}

TEST_CASE("a success gives back its own permit only, not those of failures") {
  login_world w;
  w.fail(9);
  CHECK(w.enter("password").ok());
  w.fail(1);
  CHECK(w.enter("password").error().code == errc::rate_limited);
}

TEST_CASE("log-ins at once count while they are under way") {
  login_world w;
  std::vector<later<token_pair>> tries;
  for (int i = 0; i < 15; ++i)
    tries.push_back(w.call_later(
        w.accounts, log_in{"ann@example.org", "wrong password", client_at()}));
  w.run();
  int compared = 0;
  for (auto& t : tries)
    compared += (*t)->error().code == errc::wrong_credentials ? 1 : 0;
  CHECK(compared == 10);
}

TEST_CASE("nobody can lock the owner's browser out, not by account nor by address") {
  login_world w;
  w.fail(10, client_at("203.0.113.1"));
  for (int i = 0; i < 40; ++i)
    w.fail(1, client_at(), "user" + std::to_string(i) + "@example.org");
  w.fail(10, client_at(), "other@example.org");
  CHECK(w.enter("password").error().code == errc::rate_limited);
  CHECK(w.enter("password", known_browser(w.ann)).ok());
}

TEST_CASE("a known browser has ten failures of its own") {
  login_world w;
  w.fail(10, known_browser(w.ann));
  CHECK(w.enter("password", known_browser(w.ann, "203.0.113.5")).error().code
        == errc::rate_limited);
  CHECK(w.enter("password", client_at("203.0.113.5")).ok());
}

TEST_CASE("browsers of other accounts at the owner's address do not lock it out") {
  login_world w;
  auto made = w.call(w.accounts, sign_up{"bob@example.org", "password", "password",
                                         client_at("198.51.100.1")});
  REQUIRE(made.ok());
  for (int i = 0; i < 5; ++i) {
    auto browser = known_browser(made->user);
    browser.device = "bob" + std::to_string(i);
    w.fail(10, browser, "bob@example.org");
  }
  CHECK(w.enter("password", known_browser(made->user), "bob@example.org").error().rule
        == limit_rule::login_address);
  CHECK(w.enter("password", known_browser(w.ann)).ok());
}

TEST_CASE("a network of IPv6 has a bound of failures, however many addresses it has") {
  login_world w;
  w.account_settings.log_ins.networks = {.in_24 = 2, .in_56 = 1, .in_48 = 1};
  w.kill(w.accounts);
  w.start_accounts();
  for (int i = 0; i < 50; ++i)
    w.fail(1, client_at("2001:db8:1:" + std::to_string(i) + "00::/64"),
           "user" + std::to_string(i) + "@example.org");
  const auto refused = w.enter("password", client_at("2001:db8:1:ff00::/64")).error();
  CHECK(name_of(refused.rule) == "login.failures_per_network");
  CHECK(w.enter("password", client_at("2001:db8:2::/64")).ok());
  CHECK(w.enter("password", client_at("192.0.2.1")).ok());
}

TEST_CASE("log-ins count though they succeed, per address and for good") {
  login_world w;
  w.account_settings.log_ins.attempts.count = 3;
  w.account_settings.log_ins.networks = {};
  w.kill(w.accounts);
  w.start_accounts();
  for (int i = 0; i < 3; ++i)
    CHECK(w.enter("password").ok());
  const auto refused = w.enter("password").error();
  CHECK(refused.code == errc::rate_limited);
  CHECK(name_of(refused.rule) == "login.attempts_per_address");
  CHECK(refused.retry_after > 14min);
  CHECK(w.enter("password", client_at("192.0.2.2")).ok());
  for (int i = 0; i < 3; ++i) // The owner's browser counts by itself.
    CHECK(w.enter("password", known_browser(w.ann)).ok());
  CHECK(w.enter("password", known_browser(w.ann)).error().rule
        == limit_rule::login_attempts);
  w.advance(15min, 1min);
  CHECK(w.enter("password").ok());
}

TEST_CASE("log-ins by code count by themselves, so that they stay when others are used "
          "up") {
  login_world w;
  w.account_settings.log_ins.attempts.count = 3;
  w.account_settings.log_ins.networks = {};
  w.kill(w.accounts);
  w.start_accounts();
  for (int i = 0; i < 3; ++i)
    CHECK(w.enter("password").ok());
  CHECK_FALSE(w.enter("password").ok());
  w.stores->users.at(0).phone = "+8613800138000";
  const auto by_code = [&](const client_info& client,
                           const std::string& phone = "13800138000") {
    return w.call(w.accounts, log_in_by_code{phone, "000000", client}).error();
  };
  for (int i = 0; i < 3; ++i)
    CHECK(by_code(client_at()).code == errc::wrong_code);
  CHECK(by_code(client_at()).rule == limit_rule::code_login_attempts);
  CHECK(by_code(client_at("192.0.2.2")).code == errc::wrong_code);
  // Accounts are made by the dozen: their browsers are strangers to other phones.
  CHECK(by_code(known_browser(w.ann, "192.0.2.1"), "13800138001").rule
        == limit_rule::code_login_attempts);
  auto before = known_browser(w.ann, "192.0.2.1");
  before.device_epoch = 7;
  CHECK(by_code(before).rule == limit_rule::code_login_attempts);
  // A browser that has logged in before has as many of its own, wherever it is.
  // Also where somebody else has logged in with it since.
  client_info shared{"192.0.2.1", known_browser(w.ann).device, w.ann + 1, {}};
  shared.also_known = {{w.ann + 2, 0}, {w.ann, 0}};
  CHECK(by_code(shared).code == errc::wrong_code);
  shared.also_known = {{w.ann + 2, 0}, {w.ann, 7}};
  CHECK(by_code(shared).rule == limit_rule::code_login_attempts);
  for (const auto* address : {"192.0.2.3", "192.0.2.4"})
    CHECK(by_code(known_browser(w.ann, address)).code == errc::wrong_code);
  CHECK(by_code(known_browser(w.ann, "192.0.2.5")).rule
        == limit_rule::code_login_attempts);
  // Whoever makes many of them of one account counts by the address.
  const auto another = [&](int number) {
    auto client = known_browser(w.ann, "192.0.2.6");
    client.device += std::to_string(number);
    return by_code(client);
  };
  for (int i = 0; i < 3; ++i)
    CHECK(another(i).code == errc::wrong_code);
  CHECK(another(3).rule == limit_rule::code_login_attempts);
}

TEST_CASE("each limit of a log-in is named, of an unknown e-mail as of a known one") {
  for (const char* email : {"ann@example.org", "nobody@example.org"}) {
    login_world w;
    for (int i = 0; i < 10; ++i)
      w.fail(1, client_at("192.0." + std::to_string(i) + ".1"), email);
    CHECK(name_of(w.enter("password", client_at("203.0.113.1"), email).error().rule)
          == "login.failures_per_account");
  }
}

TEST_CASE("known browsers of one address have a quota together, apart from strangers'") {
  login_world w;
  for (int i = 0; i < 5; ++i) {
    auto browser = known_browser(w.ann);
    browser.device = "browser" + std::to_string(i);
    w.fail(10, browser);
  }
  auto another = known_browser(w.ann);
  another.device = "another";
  CHECK(w.enter("password", another).error().code == errc::rate_limited);
  CHECK(w.enter("password", client_at()).ok());
}

TEST_CASE("a browser is no longer known once the password has changed") {
  login_world w;
  const auto changed = w.call(
      w.accounts,
      change_password{w.ann, {}, "password", "new password", known_browser(w.ann)});
  REQUIRE(changed.ok());
  w.fail(10);
  CHECK(w.enter("new password", known_browser(w.ann)).error().code == errc::rate_limited);
  auto known_since = known_browser(w.ann);
  known_since.device_epoch = w.claims(changed->device, token_kind::device).generation;
  CHECK(known_since.device_epoch == 1);
  CHECK(w.enter("new password", known_since).ok());
}

TEST_CASE("a browser known to another account has no quota of its own here") {
  login_world w;
  w.fail(10, known_browser(w.ann + 1));
  CHECK(w.enter("password", known_browser(w.ann + 1)).error().code == errc::rate_limited);
}

TEST_CASE("the session keeps the device id of the browser") {
  login_world w;
  auto pair = w.enter("password", known_browser(w.ann));
  REQUIRE(pair.ok());
  CHECK(w.claims(pair->device, token_kind::device).id == "browser");
}

TEST_CASE("a limit of zero is off") {
  login_world w;
  w.account_settings.log_ins.per_account.count = 0;
  w.kill(w.accounts);
  w.start_accounts();
  w.fail(30);
  CHECK(w.enter("password").ok());
}

TEST_CASE("a hash of another cost is replaced in the background") {
  login_world w;
  auto old = w.stores->users[0].password_hash;
  w.kill(w.hasher);
  w.hash_cost = {2, 16384};
  w.start_hasher();
  CHECK(w.enter("password").ok());
  CHECK(w.stores->users[0].password_hash != old);
  CHECK_FALSE(needs_rehash(w.stores->users[0].password_hash, w.hash_cost));
  CHECK(w.enter("password").ok());
  CHECK(w.doors->seen<storage::upgrade_password_hash>() == 1);
}

TEST_CASE("a malformed e-mail or password is refused before any work") {
  login_world w;
  auto before = work_of(w);
  auto refused = w.enter("", client_at(), "no address");
  CHECK(refused.error().code == errc::invalid_field);
  CHECK(refused.error().fields.size() == 2);
  CHECK(w.enter(std::string(129, 'x')).error().code == errc::invalid_field);
  CHECK(work_of(w) == before);
  CHECK(w.enter("short").error().code == errc::wrong_credentials);
}

TEST_CASE("a log-in that we could not decide costs no permit") {
  login_world w;
  w.kill(w.hasher);
  for (int i = 0; i < 30; ++i)
    CHECK(w.enter("password").error().code == errc::unavailable);
  w.start_hasher();
  CHECK(w.enter("password").ok());
}

TEST_CASE("a limiter without memory for a newcomer refuses him as overloaded") {
  login_world w;
  w.limiter_config.capacity = 1;
  w.account_settings.log_ins.per_address.count = 0;
  w.account_settings.log_ins.attempts.count = 0;
  w.account_settings.log_ins.per_account.count = 1;
  w.kill(w.limiter);
  w.start_limiter();
  w.kill(w.accounts);
  w.start_accounts();
  w.fail(1);
  CHECK(w.enter("x", client_at(), "bob@example.org").error().code == errc::overloaded);
}

TEST_CASE("an accounts actor that is killed answers what is pending") {
  login_world w;
  w.doors->hold<storage::find_user_by_email>();
  w.doors->hold<storage::find_user>();
  auto entering =
      w.call_later(w.accounts, log_in{"ann@example.org", "password", client_at()});
  auto changing = w.call_later(
      w.accounts, change_password{w.ann, {}, "password", "another horse", client_at()});
  w.run();
  SUBCASE("by a crash") {
    w.kill(w.accounts);
  }
  SUBCASE("in order") {
    caf::anon_send(w.accounts.get(), shut_down{});
    w.run();
  }
  REQUIRE(entering->has_value());
  REQUIRE(changing->has_value());
  CHECK((*entering)->error().code == errc::unavailable);
  CHECK((*changing)->error().code == errc::unavailable);
}

TEST_CASE("no failure shows the password or the whole e-mail") {
  login_world w;
  std::vector<failure> failures;
  failures.push_back(w.enter("secret password").error());
  failures.push_back(w.enter(std::string(129, 's')).error());
  w.kill(w.hasher);
  failures.push_back(w.enter("secret password").error());
  for (const auto& f : failures) {
    CHECK(f.detail.find("secret") == std::string::npos);
    CHECK(f.detail.find("ann@") == std::string::npos);
  }
}

} // namespace tinybook::test
