#include "tests/actors/codes/login_key.hpp"
#include "tests/actors/support/identity_world.hpp"

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

new_code code(std::int64_t id, const std::string& hash = "right") {
  return {id, hash, "k1", "me"};
}

constexpr std::int64_t ticket_number = 9;

try_code enter(const std::string& hash) {
  return {login_key, {{"k1", hash}}, "me", ticket_number};
}

settle_code settled(bool used) {
  return {{{login_key, {1}, {}}, ticket_number}, used};
}

/// A cache with one live code of id 1 and hash "right".
class cache_world : public identity_world {
 public:
  cache_world() {
    start_cache();
    send(1);
  }

  void send(std::int64_t id, const std::string& hash = "right") {
    auto issued = call(cache, issue_code{login_key, code(id, hash)});
    REQUIRE(issued.ok());
    stores->codes[login_key] = *issued->to_store;
    say(cache, confirm_code{login_key, id});
  }

  /// Tries a code, and uses it up in the store where it is right.
  verify_outcome outcome(const std::string& hash) {
    auto verdict = call(cache, enter(hash));
    REQUIRE(verdict.ok());
    if (verdict->verdict.outcome == verify_outcome::accepted) {
      stores->codes[login_key].state.codes.clear();
      REQUIRE(call(cache, settled(true)).ok());
    }
    return verdict->verdict.outcome;
  }

  double gauge_of(const std::string& name) {
    return actor_fixture::gauge_of(cache.get(), name);
  }
};

} // namespace

TEST_CASE("two who verify one code at once: exactly one succeeds") {
  cache_world w;
  auto first = w.call_later(w.cache, enter("right"));
  auto second = w.call_later(w.cache, enter("right"));
  w.run();
  REQUIRE(first->has_value());
  CHECK((**first)->verdict.outcome == verify_outcome::accepted);
  CHECK_FALSE(second->has_value()); // It waits until the first is settled.
  SUBCASE("where the first is used up") {
    REQUIRE(w.call(w.cache, settled(true)).ok());
    REQUIRE(second->has_value());
    CHECK((**second)->verdict.outcome == verify_outcome::no_live_code);
  }
  SUBCASE("or the second, where the first is let go of") {
    REQUIRE(w.call(w.cache, settled(false)).ok());
    REQUIRE(second->has_value());
    CHECK((**second)->verdict.outcome == verify_outcome::accepted);
  }
}

TEST_CASE("wrong tries at once are all counted") {
  cache_world w;
  std::vector<later<code_verdict>> answers;
  for (int i = 0; i < 5; ++i)
    answers.push_back(w.call_later(w.cache, enter("wrong")));
  w.run();
  int wrong = 0;
  for (auto& a : answers)
    wrong += (**a)->verdict.outcome == verify_outcome::wrong ? 1 : 0;
  CHECK(wrong == 3); // Three tries a send; then it has no tries of the others either.
}

TEST_CASE("a try is answered only after it is committed") {
  cache_world w;
  w.doors->hold<storage::save_code_state>();
  auto answer = w.call_later(w.cache, enter("wrong"));
  w.run();
  CHECK_FALSE(answer->has_value());
  CHECK(w.stores->codes[login_key].state.codes.front().tries_left == 3);
  w.doors->release();
  w.run();
  CHECK((**answer)->verdict.outcome == verify_outcome::wrong);
  CHECK(w.stores->codes[login_key].state.codes.front().tries_left == 2);
}

TEST_CASE("a try that cannot be committed fails and changes nothing") {
  cache_world w;
  w.doors->fail<storage::save_code_state>(failure{errc::internal, "disk"});
  for (int i = 0; i < 10; ++i)
    CHECK(w.call(w.cache, enter("wrong")).error().code == errc::unavailable);
  w.doors->release();
  CHECK(w.outcome("right") == verify_outcome::accepted);
}

TEST_CASE("a full disk is told as such") {
  cache_world w;
  w.doors->fail<storage::save_code_state>(failure{errc::storage_full});
  CHECK(w.call(w.cache, enter("wrong")).error().code == errc::storage_full);
}

TEST_CASE("a commit that takes too long gives the key free again") {
  cache_world w;
  w.doors->hold<storage::save_code_state>();
  auto first = w.call_later(w.cache, enter("wrong"));
  w.advance(w.cache_config.request_timeout + 1s);
  REQUIRE(first->has_value());
  CHECK((*first)->error().code == errc::unavailable);
  w.doors->release();
  CHECK(w.outcome("right") == verify_outcome::accepted);
}

TEST_CASE("a used code does not revive when the cache restarts") {
  cache_world w;
  CHECK(w.outcome("right") == verify_outcome::accepted);
  w.kill(w.cache);
  w.start_cache();
  CHECK(w.outcome("right") == verify_outcome::no_live_code);
}

TEST_CASE("a code and its wrong tries outlive a restart of the cache") {
  cache_world w;
  CHECK(w.outcome("wrong") == verify_outcome::wrong);
  CHECK(w.outcome("wrong") == verify_outcome::wrong);
  w.kill(w.cache);
  w.start_cache();
  CHECK(w.outcome("wrong") == verify_outcome::wrong);
  CHECK(w.outcome("right") == verify_outcome::too_many_tries);
}

TEST_CASE("the cooldown outlives a restart of the cache") {
  cache_world w;
  w.kill(w.cache);
  w.start_cache();
  auto again = w.call(w.cache, issue_code{login_key, code(2)});
  CHECK(again.error().code == errc::send_cooldown);
  CHECK(again.error().retry_after > 0s);
}

TEST_CASE("until the codes are loaded everything fails with starting") {
  identity_world w;
  w.doors->hold<storage::load_code_states>();
  w.start_cache();
  CHECK(w.call(w.cache, issue_code{login_key, code(1)}).error().code == errc::starting);
  CHECK(w.call(w.cache, enter("right")).error().code == errc::starting);
  CHECK(w.call(w.cache, is_code_wanted{login_key, 1}).error().code == errc::starting);
  CHECK(w.call(w.cache, withdraw_code{login_key, 1}).error().code == errc::starting);
  w.doors->release();
  w.run();
  CHECK(w.call(w.cache, issue_code{login_key, code(1)}).ok());
}

TEST_CASE("loading is tried again until the store answers") {
  identity_world w;
  w.doors->fail<storage::load_code_states>(failure{errc::unavailable});
  w.start_cache();
  w.advance(1s);
  CHECK(w.call(w.cache, enter("right")).error().code == errc::starting);
  w.doors->release();
  w.advance(1s);
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("a code that is issued but not confirmed does not verify yet") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto tried = w.call_later(w.cache, enter("right"));
  w.run();
  CHECK_FALSE(tried->has_value());
  CHECK(w.call(w.cache, is_code_wanted{login_key, 1})
            ->wanted); // Its row may be claimed now.
  w.say(w.cache, confirm_code{login_key, 1});
  CHECK((**tried)->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("a withdrawn code leaves neither cooldown nor code") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto tried = w.call_later(w.cache, enter("right"));
  w.run();
  REQUIRE(w.call(w.cache, withdraw_code{login_key, 1}).ok());
  CHECK((**tried)->verdict.outcome == verify_outcome::no_live_code);
  CHECK_FALSE(w.call(w.cache, is_code_wanted{login_key, 1})->wanted);
  CHECK(w.call(w.cache, issue_code{login_key, code(2)}).ok());
}

TEST_CASE("withdrawing a resend leaves the code before it as it was") {
  cache_world w;
  w.advance(61s, 1s);
  REQUIRE(w.call(w.cache, issue_code{login_key, code(2, "second")}).ok());
  REQUIRE(w.call(w.cache, withdraw_code{login_key, 2}).ok());
  CHECK(w.outcome("second") == verify_outcome::wrong);
  CHECK(w.outcome("right") == verify_outcome::accepted);
}

TEST_CASE("of two sends at once the second meets the cooldown of the first") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto second = w.call_later(w.cache, issue_code{login_key, code(2)});
  w.run();
  CHECK_FALSE(second->has_value());
  w.say(w.cache, confirm_code{login_key, 1});
  CHECK((*second)->error().code == errc::send_cooldown);
}

TEST_CASE(
    "of two sends at once the second takes the place of a first that is withdrawn") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto second = w.call_later(w.cache, issue_code{login_key, code(2)});
  w.run();
  REQUIRE(w.call(w.cache, withdraw_code{login_key, 1}).ok());
  CHECK((*second)->ok());
}

TEST_CASE("a reservation whose owner died counts as confirmed after its time") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  w.advance(w.cache_config.reservation_timeout + 2s, 1s);
  auto tried = w.call(w.cache, enter("right"));
  REQUIRE(tried.ok());
  CHECK(tried->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("a reservation lasts while who made it may still store the message") {
  identity_world w;
  w.start_cache();
  caf::actor_cast<caf::strong_actor_ptr>(w.cache.get())
      ->enqueue(make_request(caf::actor_cast<caf::strong_actor_ptr>(w.self),
                             w.self->new_request_id(caf::message_priority::normal),
                             w.sched.clock().now() + 1min,
                             issue_code{login_key, code(1)}),
                nullptr);
  w.advance(1min, 1s);
  const auto tried = w.call_later(w.cache, enter("right"));
  w.run();
  CHECK_FALSE(tried->has_value());
  w.say(w.cache, confirm_code{login_key, 1});
  CHECK(tried->has_value());
}

TEST_CASE("a late confirmation of a reservation that ran out changes nothing") {
  identity_world w;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  w.advance(w.cache_config.reservation_timeout + 2s, 1s);
  REQUIRE(w.call(w.cache, enter("wrong"))->verdict.outcome == verify_outcome::wrong);
  const auto tries = w.stores->codes.at(login_key).state;
  w.say(w.cache, confirm_code{login_key, 1});
  CHECK(w.stores->codes.at(login_key).state == tries);
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("the end of an old reservation does not end a newer one") {
  identity_world w;
  w.cache_config.rules.cooldown = 0s;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  REQUIRE(w.call(w.cache, withdraw_code{login_key, 1}).ok());
  w.advance(w.cache_config.reservation_timeout - 2s, 1s);
  REQUIRE(w.call(w.cache, issue_code{login_key, code(2, "second")}).ok());
  w.advance(5s, 1s); // The end of the first has passed.
  auto tried = w.call_later(w.cache, enter("second"));
  w.run();
  CHECK_FALSE(tried->has_value());
}

TEST_CASE("a cache that crashed between a code and its commit reads what was committed") {
  identity_world w;
  w.start_cache();
  const auto issued = w.call(w.cache, issue_code{login_key, code(1)});
  REQUIRE(issued.ok());
  SUBCASE("after it has loaded the others") {
    w.kill(w.cache);
    w.start_cache();
    w.stores->codes[login_key] = *issued->to_store;
    w.say(w.cache, confirm_code{login_key, 1});
  }
  SUBCASE("while it loads the others") {
    w.kill(w.cache);
    w.doors->hold<storage::load_code_states>();
    w.start_cache();
    w.say(w.cache, confirm_code{login_key, 1});
    w.doors->release();
    w.stores->codes[login_key] = *issued->to_store;
    w.run();
  }
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("confirming a code that was never committed brings none about") {
  identity_world w;
  w.start_cache();
  w.say(w.cache, confirm_code{login_key, 9});
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("a try that has waited longer than its requester waits is not made") {
  identity_world w;
  w.cache_config.request_timeout = 2s;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto tried = w.call_later(w.cache, enter("right"));
  w.advance(3s);
  w.say(w.cache, confirm_code{login_key, 1});
  REQUIRE(tried->has_value());
  CHECK((*tried)->error().code == errc::deadline_exceeded);
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("only so many operations wait for their turn") {
  identity_world w;
  w.cache_config.max_waiting = 2;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  auto first = w.call_later(w.cache, enter("right"));
  auto second = w.call_later(w.cache, enter("right"));
  w.run();
  CHECK(w.call(w.cache, enter("right")).error().code == errc::overloaded);
}

TEST_CASE("a full cache refuses a new phone and forgets no live code") {
  identity_world w;
  w.cache_config.capacity = 1;
  w.start_cache();
  REQUIRE(w.call(w.cache, issue_code{login_key, code(1)}).ok());
  w.say(w.cache, confirm_code{login_key, 1});
  auto refused = w.call(w.cache, issue_code{{"+8613800138001", "login"}, code(2)});
  CHECK(refused.error().code == errc::codes_full);
  CHECK(refused.error().retry_after > 0s);
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("expired states are removed from memory and from the store") {
  cache_world w;
  CHECK(w.gauge_of("states") == 1);
  w.advance(w.cache_config.rules.valid + w.cache_config.cleanup_period + 2s, 1s);
  CHECK(w.gauge_of("states") == 0);
  CHECK(w.stores->codes.empty());
}

TEST_CASE("a cache that is killed answers everything that is pending") {
  cache_world w;
  w.doors->hold<storage::save_code_state>();
  auto saving = w.call_later(w.cache, enter("wrong"));
  auto waiting = w.call_later(w.cache, enter("right"));
  w.run();
  SUBCASE("by a crash") {
    w.kill(w.cache);
  }
  SUBCASE("in order") {
    caf::anon_send(w.cache.get(), shut_down{});
    w.run();
  }
  REQUIRE(saving->has_value());
  REQUIRE(waiting->has_value());
  CHECK((*saving)->error().code == errc::unavailable);
  CHECK((*waiting)->error().code == errc::unavailable);
}

TEST_CASE("a withdrawal that comes after the reservation ran out is committed") {
  identity_world w;
  w.start_cache();
  auto issued = w.call(w.cache, issue_code{login_key, code(1)});
  w.stores->codes[login_key] = *issued->to_store;
  w.advance(w.cache_config.reservation_timeout + 2s, 1s);
  REQUIRE(w.call(w.cache, withdraw_code{login_key, 1}).ok());
  w.kill(w.cache);
  w.start_cache();
  CHECK(w.call(w.cache, enter("right"))->verdict.outcome == verify_outcome::no_live_code);
}

} // namespace tinybook::test
