#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/codes/code_session.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

void check_place(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("a replacement verifies, and what it replaced no more") {
    REQUIRE(s.replace(1, 2, "222222"));
    CHECK_FALSE(s.wanted(1));
    CHECK(s.wanted(2));
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    CHECK(s.enter("222222").matched == std::vector<std::int64_t>{2});
  }
  SUBCASE("the cooldown does not hold it, and it begins none") {
    s.pass(20s);
    REQUIRE(s.replace(1, 2, "222222"));
    auto again = s.send(3, "333333");
    REQUIRE_FALSE(again);
    CHECK(again.error().retry_after == 40s);
    s.pass(40s);
    CHECK(s.send(3, "333333"));
  }
  SUBCASE("it expires with the lost one") {
    s.pass(500s);
    REQUIRE(s.replace(1, 2, "222222"));
    s.pass(100s - 1ms);
    CHECK(s.wanted(2));
    s.pass(1ms);
    CHECK_FALSE(s.wanted(2));
    CHECK(s.outcome("222222") == verify_outcome::no_live_code);
  }
  SUBCASE("it displaces no other code") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    REQUIRE(s.replace(2, 3, "333333"));
    CHECK(s.wanted(1));
    REQUIRE(s.replace(1, 4, "444444"));
    CHECK(s.wanted(3));
    CHECK(s.wanted(4));
    s.pass(60s);
    REQUIRE(s.send(5, "555555"));
    CHECK_FALSE(s.wanted(4)); // The oldest place is the one that goes.
    CHECK(s.wanted(3));
  }
  SUBCASE("it can be replaced in its turn") {
    REQUIRE(s.replace(1, 2, "222222"));
    REQUIRE(s.replace(2, 3, "333333"));
    CHECK(s.outcome("333333") == verify_outcome::accepted);
  }
  SUBCASE("what does not live is not replaced: wrong_state, and nothing changes") {
    CHECK(s.replace(99, 2, "222222").error().code == errc::wrong_state);
    CHECK(s.outcome("222222") == verify_outcome::wrong);
    CHECK(s.wanted(1));
    REQUIRE(s.outcome("111111") == verify_outcome::accepted);
    CHECK(s.replace(1, 3, "333333").error().code == errc::wrong_state);
    CHECK_FALSE(s.wanted(3));
  }
  SUBCASE("an expired code and one with two newer ones are not replaced") {
    for (int i = 2; i <= 3; ++i) {
      s.pass(60s);
      REQUIRE(s.send(i, "222222"));
    }
    CHECK(s.replace(1, 9, "999999").error().code == errc::wrong_state);
    s.pass(600s);
    CHECK(s.replace(3, 9, "999999").error().code == errc::wrong_state);
  }
  SUBCASE("a phone that never had a code has none to replace") {
    s.turn_to({"+8613800138001", "login"});
    CHECK(s.replace(1, 2, "222222").error().code == errc::wrong_state);
  }
}

void check_inherited_tries(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("it belongs to the browser that asked, with the tries that were left") {
    s.fail(2, "me");
    REQUIRE(s.replace(1, 2, "222222"));
    s.fail(1, "me");
    CHECK(s.outcome("222222") == verify_outcome::too_many_tries);
  }
  SUBCASE("the last try that was left may be right") {
    s.fail(2, "me");
    REQUIRE(s.replace(1, 2, "222222"));
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("the others' tries are not refilled, and they do not lock out the asker") {
    s.fail(3, "");
    REQUIRE(s.replace(1, 2, "222222"));
    CHECK(s.outcome("222222", "") == verify_outcome::too_many_tries);
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a code whose tries are spent is replaced, and stays spent") {
    s.fail(3, "me");
    REQUIRE(s.replace(1, 2, "222222"));
    CHECK(s.wanted(2));
    CHECK(s.outcome("222222") == verify_outcome::too_many_tries);
  }
}

void check_undo(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("a withdrawn replacement gives the place back, cooldown and tries untouched") {
    s.fail(1, "me");
    s.pass(20s);
    REQUIRE(s.replace(1, 2, "222222"));
    s.withdraw(2);
    CHECK_FALSE(s.wanted(2));
    CHECK(s.wanted(1));
    auto again = s.send(3, "333333");
    REQUIRE_FALSE(again);
    CHECK(again.error().retry_after == 40s);
    s.fail(1, "me");
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("wrong tries at a replacement stay when it is withdrawn late") {
    REQUIRE(s.replace(1, 2, "222222"));
    s.fail(2, "me");
    s.withdraw(2);
    s.fail(1, "me");
    CHECK(s.outcome("111111") == verify_outcome::too_many_tries);
  }
  SUBCASE("to withdraw what was replaced changes nothing") {
    REQUIRE(s.replace(1, 2, "222222"));
    s.withdraw(1);
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
}

} // namespace

void check_code_cache_replacement(const make_code_cache& make) {
  SUBCASE("place") {
    check_place(make);
  }
  SUBCASE("tries") {
    check_inherited_tries(make);
  }
  SUBCASE("undo") {
    check_undo(make);
  }
}

} // namespace tinybook::test
