#include "tests/actors/codes/code_cache_conformance.hpp"

#include "tests/actors/codes/code_session.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

void check_life(const make_code_cache& make) {
  code_session s(make());
  SUBCASE("a code verifies once") {
    REQUIRE(s.send(1, "111111"));
    auto verdict = s.enter("111111");
    CHECK(verdict.outcome == verify_outcome::accepted);
    CHECK(verdict.matched == std::vector<std::int64_t>{1});
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("of many who enter the same code exactly one wins") {
    REQUIRE(s.send(1, "111111"));
    int won = 0;
    for (int i = 0; i < 20; ++i)
      won += s.outcome("111111", i % 2 == 0 ? "" : "me") == verify_outcome::accepted;
    CHECK(won == 1);
  }
  SUBCASE("a code lives 600 s and not a moment longer") {
    REQUIRE(s.send(1, "111111"));
    s.pass(600s - 1ms);
    CHECK(s.wanted(1));
    s.pass(1ms);
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("a code verifies until just before its end") {
    REQUIRE(s.send(1, "111111"));
    s.pass(600s - 1ms);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("without a code there is nothing to try, and nothing is counted") {
    for (int i = 0; i < 20; ++i)
      CHECK(s.outcome("000000", "") == verify_outcome::no_live_code);
    REQUIRE(s.send(1, "111111"));
    CHECK(s.outcome("111111", "") == verify_outcome::accepted);
  }
  SUBCASE("purposes and phones are apart") {
    REQUIRE(s.send(1, "111111"));
    s.turn_to({"+8613800138000", "reset"});
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
    REQUIRE(s.send(2, "222222"));
    s.turn_to({"+8613800138001", "login"});
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
    s.turn_to({"+8613800138000", "login"});
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("only the hash of the key that made it matches") {
    REQUIRE(s.send(1, "111111"));
    auto hash = code_session::hash_of("111111");
    code_key key{"+8613800138000", "login"};
    CHECK(verify_and_use(s.cache(), key, {{"k2", hash}}, "me").outcome
          == verify_outcome::wrong);
    CHECK(verify_and_use(s.cache(), key, {{"k2", "other"}, {"k1", hash}}, "me").outcome
          == verify_outcome::accepted);
  }
}

void check_sends(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("a second send within 60 s is refused and says for how long") {
    s.pass(20s);
    auto again = s.send(2, "222222");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == errc::send_cooldown);
    CHECK(again.error().retry_after == 40s);
    s.pass(40s);
    CHECK(s.send(2, "222222"));
  }
  SUBCASE("the cooldown outlives the use of the code") {
    CHECK(s.outcome("111111") == verify_outcome::accepted);
    CHECK_FALSE(s.send(2, "222222"));
  }
  SUBCASE("a refused send leaves the code alone") {
    CHECK_FALSE(s.send(2, "222222"));
    CHECK_FALSE(s.wanted(2));
    CHECK(s.outcome("222222") == verify_outcome::wrong);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("after a resend both codes verify: the older") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    CHECK(s.enter("111111").matched == std::vector<std::int64_t>{1});
  }
  SUBCASE("after a resend both codes verify: the newer; and success consumes both") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    CHECK(s.enter("222222").matched == std::vector<std::int64_t>{2});
    CHECK_FALSE(s.wanted(1));
    CHECK_FALSE(s.wanted(2));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("a code dies when two newer ones exist") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    CHECK(s.wanted(1));
    s.pass(60s);
    REQUIRE(s.send(3, "333333"));
    CHECK_FALSE(s.wanted(1));
    CHECK(s.wanted(2));
    CHECK(s.wanted(3));
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("two sends of the same digits match both") {
    s.pass(60s);
    REQUIRE(s.send(2, "111111"));
    CHECK(s.enter("111111").matched == std::vector<std::int64_t>{1, 2});
  }
  SUBCASE("an unknown code is not wanted") {
    CHECK_FALSE(s.wanted(99));
    s.turn_to({"+8613800138001", "login"});
    CHECK_FALSE(s.wanted(1));
  }
}

void check_withdrawal(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("a withdrawn code does not verify and leaves no cooldown") {
    s.withdraw(1);
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
    CHECK(s.send(2, "222222"));
  }
  SUBCASE("what a withdrawn code had displaced lives again") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    s.pass(60s);
    REQUIRE(s.send(3, "333333"));
    s.withdraw(3);
    CHECK(s.wanted(1));
    CHECK(s.outcome("333333") == verify_outcome::wrong);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("to withdraw what is unknown or used changes nothing") {
    s.withdraw(99);
    CHECK_FALSE(s.send(2, "222222"));
    CHECK(s.outcome("111111") == verify_outcome::accepted);
    s.withdraw(1);
    CHECK_FALSE(s.send(2, "222222"));
  }
}

} // namespace

void check_code_cache(const make_code_cache& make) {
  SUBCASE("life") {
    check_life(make);
  }
  SUBCASE("sends") {
    check_sends(make);
  }
  SUBCASE("withdrawal") {
    check_withdrawal(make);
  }
  SUBCASE("tries") {
    check_code_cache_tries(make);
  }
}

} // namespace tinybook::test
