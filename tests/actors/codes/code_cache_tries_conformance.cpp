#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/codes/code_session.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

void check_tries(const make_code_cache& make) {
  code_session s(make());
  REQUIRE(s.send(1, "111111"));
  SUBCASE("the third try of the one that asked may still be right") {
    s.fail(2, "me");
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("after three wrong tries even the right code is refused, until a resend") {
    s.fail(3, "me");
    auto refused = s.enter("111111");
    CHECK(refused.outcome == verify_outcome::too_many_tries);
    CHECK(refused.retry_after == 60s);
    s.pass(60s);
    CHECK(s.enter("111111").retry_after == 0s);
    REQUIRE(s.send(2, "222222"));
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a code whose tries are spent stays spent after a resend") {
    s.fail(3, "me");
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    CHECK(s.outcome("111111") == verify_outcome::wrong);
  }
  SUBCASE("a resend gives three tries, not the sum") {
    s.fail(1, "me");
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    s.fail(3, "me");
    CHECK(s.outcome("222222") == verify_outcome::too_many_tries);
  }
  SUBCASE("a spent code is still wanted: others may hold it") {
    s.fail(3, "me");
    CHECK(s.wanted(1));
  }
  SUBCASE("others never lock out the one that asked") {
    s.fail(3, "");
    CHECK(s.outcome("111111", "") == verify_outcome::too_many_tries);
    CHECK(s.outcome("111111", "someone") == verify_outcome::too_many_tries);
    s.fail(2, "me");
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("the one that asked does not use up the others' tries") {
    s.fail(3, "me");
    s.fail(2, "");
    CHECK(s.outcome("111111", "") == verify_outcome::accepted);
  }
  SUBCASE("all others share three tries a send, whatever their cookies") {
    s.fail(1, "a");
    s.fail(1, "b");
    s.fail(1, "");
    CHECK(s.outcome("111111", "c") == verify_outcome::too_many_tries);
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    s.fail(2, "");
    CHECK(s.outcome("222222", "") == verify_outcome::accepted);
  }
  SUBCASE("the asker of one code may enter the other") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222", "laptop"));
    s.fail(2, "laptop");
    CHECK(s.outcome("111111", "laptop") == verify_outcome::accepted);
  }
  SUBCASE("an asker may enter the other code whatever the others did to it") {
    s.fail(3, "");
    s.pass(60s);
    REQUIRE(s.send(2, "222222", "laptop"));
    CHECK(s.outcome("111111", "laptop") == verify_outcome::accepted);
  }
  SUBCASE("each asker has its own tries") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222", "laptop"));
    s.fail(3, "laptop");
    s.fail(2, "me");
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("an asker whose tries are spent is one of the others for a code not its own") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222", "laptop"));
    s.fail(3, "me");
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("however many others ask, the code of an asker lives on for that one alone") {
    s.overtake(2, 5);
    s.fail(3, "");
    CHECK(s.outcome("111111", "stranger") == verify_outcome::wrong);
    s.fail(2, "me");
    CHECK(s.enter("111111").matched == std::vector<std::int64_t>{1});
    CHECK(s.outcome("222222", "stranger") == verify_outcome::no_live_code);
  }
  SUBCASE("an asker whose code others have overtaken may enter the last two, too") {
    s.overtake(2, 2, "222222");
    s.overtake(3, 3, "333333");
    s.fail(3, "");
    CHECK(s.outcome("222222", "me") == verify_outcome::accepted);
  }
  SUBCASE("of the codes that others have overtaken an asker has its newest") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222"));
    s.overtake(3, 4, "333333");
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a send that is withdrawn gives back the code that it ended for its asker") {
    s.overtake(2, 3);
    s.pass(60s);
    REQUIRE(s.send(4, "444444"));
    s.withdraw(4);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("a code that was asked for without a cookie is tried by others only") {
    s.pass(60s);
    REQUIRE(s.send(2, "222222", ""));
    s.pass(60s);
    REQUIRE(s.send(3, "333333", ""));
    s.fail(3, "");
    CHECK(s.outcome("333333", "") == verify_outcome::too_many_tries);
  }
}

/// Sends anew every minute and lets others fail until they are refused. Returns how often
/// they could.
int fail_all_day(code_session& s, int sends) {
  int wrong = 0;
  for (int i = 1; i <= sends; ++i) {
    REQUIRE(s.send(i, "111111"));
    for (int t = 0; t < 20 && s.outcome("000000", "") == verify_outcome::wrong; ++t)
      ++wrong;
    s.pass(60s);
  }
  return wrong;
}

void check_day(const make_code_cache& make) {
  code_session s(make());
  SUBCASE("others have ten wrong tries a day, which a resend does not refill") {
    CHECK(fail_all_day(s, 6) == 10);
    auto refused = s.enter("111111", "");
    CHECK(refused.outcome == verify_outcome::too_many_tries);
    CHECK(refused.retry_after == 24h - 6 * 60s);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("the day ends 24 hours after its first wrong try") {
    CHECK(fail_all_day(s, 4) == 10);
    s.pass(24h - 4 * 60s - 1ms);
    REQUIRE(s.send(9, "999999"));
    CHECK(s.outcome("999999", "") == verify_outcome::too_many_tries);
    s.pass(1ms);
    s.fail(2, "");
    CHECK(s.outcome("999999", "") == verify_outcome::accepted);
  }
  SUBCASE("success does not refill the day") {
    CHECK(fail_all_day(s, 4) == 10);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
    REQUIRE(s.send(9, "999999"));
    CHECK(s.outcome("999999", "") == verify_outcome::too_many_tries);
  }
}

} // namespace

void check_code_cache_tries(const make_code_cache& make) {
  SUBCASE("each send") {
    check_tries(make);
  }
  SUBCASE("each day") {
    check_day(make);
  }
}

} // namespace tinybook::test
