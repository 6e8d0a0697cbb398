#include "tests/actors/codes/code_session.hpp"
#include "tests/support/default_configs.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

void check_code_cache_holds(const make_code_cache& make) {
  code_session s{make()};
  REQUIRE(s.send(1, "111111"));

  SUBCASE("a code that is not used after all verifies again, and no try is lost") {
    for (int i = 0; i < 5; ++i)
      s.cache().let_go(s.hold("111111"));
    s.fail(2, "me");
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("a code that was used verifies no more, nor any other of the phone") {
    s.pass(61s);
    REQUIRE(s.send(2, "222222"));
    s.cache().use(s.hold("111111"));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
    CHECK(s.outcome("222222") == verify_outcome::no_live_code);
    CHECK_FALSE(s.wanted(2));
  }
  SUBCASE("a hold that nobody settles runs out") {
    static_cast<void>(s.hold("111111"));
    s.pass(test::default_codes().hold + 2s);
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("a use that is told after the hold ran out counts") {
    const auto ticket = s.hold("111111");
    s.pass(test::default_codes().hold + 2s);
    s.cache().use(ticket);
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("the end of one hold does not end the next") {
    const auto first = s.hold("111111");
    s.cache().let_go(first);
    const auto second = s.hold("111111");
    s.cache().let_go(first);
    CHECK(s.wanted(1));
    s.cache().use(second);
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("other phones are not held") {
    const auto ticket = s.hold("111111");
    s.turn_to({"+8613800138001", "login"});
    REQUIRE(s.send(3, "333333"));
    CHECK(s.outcome("333333") == verify_outcome::accepted);
    s.cache().let_go(ticket);
  }
}

void check_code_cache_loss(const make_code_cache& make) {
  code_session s{make()};
  REQUIRE(s.send(1, "111111"));

  SUBCASE("a code still verifies, for who asked for it and for others") {
    s.cache().lose();
    CHECK(s.outcome("111111", "me") == verify_outcome::accepted);
    s.turn_to({"+8613800138001", "login"});
    REQUIRE(s.send(2, "222222"));
    s.cache().lose();
    CHECK(s.outcome("222222", "") == verify_outcome::accepted);
  }
  SUBCASE("a code is wanted still, till it runs out") {
    s.cache().lose();
    CHECK(s.wanted(1));
    s.pass(test::default_codes().valid);
    s.cache().lose();
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("a used code never comes back") {
    CHECK(s.outcome("111111") == verify_outcome::accepted);
    s.cache().lose();
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
  SUBCASE("of one asker the last two verify, no third") {
    s.pass(61s);
    REQUIRE(s.send(2, "222222"));
    s.pass(61s);
    REQUIRE(s.send(3, "333333"));
    s.cache().lose();
    CHECK_FALSE(s.wanted(1));
    CHECK(s.wanted(2));
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    s.cache().lose();
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a code that others have overtaken is back for its asker alone") {
    s.overtake(2, 3);
    s.cache().lose();
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111", "") == verify_outcome::wrong);
    s.cache().lose();
    CHECK(s.outcome("111111") == verify_outcome::accepted);
  }
  SUBCASE("a code that was replaced verifies no more, the one in its place does") {
    REQUIRE(s.replace(1, 2, "222222"));
    s.cache().lose();
    CHECK(s.outcome("111111") == verify_outcome::wrong);
    s.cache().lose();
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a code can be replaced") {
    s.cache().lose();
    REQUIRE(s.replace(1, 2, "222222"));
    CHECK(s.outcome("222222") == verify_outcome::accepted);
  }
  SUBCASE("a replacement keeps the place of what it replaced") {
    s.pass(61s);
    REQUIRE(s.send(2, "222222"));
    REQUIRE(s.replace(1, 3, "333333"));
    s.pass(61s);
    REQUIRE(s.send(4, "444444"));
    s.cache().lose();
    CHECK_FALSE(s.wanted(3));
    CHECK(s.wanted(2));
    CHECK(s.wanted(4));
  }
  SUBCASE("a code that was withdrawn stays so") {
    s.withdraw(1);
    s.cache().lose();
    CHECK_FALSE(s.wanted(1));
    CHECK(s.outcome("111111") == verify_outcome::no_live_code);
  }
}

} // namespace tinybook::test
