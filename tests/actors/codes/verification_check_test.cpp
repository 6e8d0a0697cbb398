#include "tests/actors/codes/code_world.hpp"

#include <memory>

namespace tinybook::test {

TEST_CASE("three wrong tries of the one who asked close the code to him") {
  code_world w;
  auto asker = w.send()->asker;
  for (int i = 0; i < 3; ++i)
    CHECK(w.check(w.wrong_code(), asker).error().code == errc::wrong_code);
  auto fourth = w.check(w.last_code(), asker);
  CHECK(fourth.error().code == errc::too_many_tries);
  CHECK(fourth.error().retry_after >= 1s);
}

TEST_CASE("strangers who guess do not lock out the one who asked") {
  code_world w;
  auto asker = w.send()->asker;
  for (int i = 0; i < 12; ++i)
    CHECK_FALSE(w.check(w.wrong_code(), "stranger").ok());
  CHECK(w.check(w.last_code(), "stranger").error().code == errc::too_many_tries);
  CHECK(w.check(w.last_code(), asker).ok());
}

TEST_CASE("codes of one purpose do not verify for another") {
  code_world w;
  REQUIRE(w.send().ok());
  auto reset = w.call(w.verification,
                      check_code{"13800138000", "reset", w.last_code(), client_at()});
  CHECK(reset.error().code == errc::wrong_code);
}

TEST_CASE("an expired code is wrong") {
  code_world w;
  auto asker = w.send()->asker;
  w.advance(600s, 1s);
  CHECK(w.check(w.last_code(), asker).error().code == errc::wrong_code);
}

TEST_CASE("a code from before a key rotation still verifies") {
  code_world w;
  auto asker = w.send()->asker;
  w.keys = std::make_shared<const keyring>(w.keys->rotated(*w.random));
  w.kill(w.verification);
  w.start_verification();
  CHECK(w.check(w.last_code(), asker).ok());
}

TEST_CASE("a malformed phone and a malformed code are refused together") {
  code_world w;
  auto refused = w.check("12x456", {}, "not a phone");
  CHECK(refused.error().code == errc::invalid_field);
  REQUIRE(refused.error().fields.size() == 2);
  CHECK(refused.error().fields[0].field == "phone");
  CHECK(refused.error().fields[1].field == "code");
  CHECK(w.send("12").error().code == errc::invalid_field);
}

TEST_CASE("two who verify one code at once through the verification: one wins") {
  code_world w;
  auto asker = w.send()->asker;
  auto client = client_at();
  client.asker = asker;
  check_code m{"13800138000", "login", w.last_code(), client};
  auto one = w.call_later(w.verification, m);
  auto two = w.call_later(w.verification, m);
  w.run();
  REQUIRE(one->has_value());
  REQUIRE((**one).ok());
  CHECK_FALSE(two->has_value()); // It waits for what becomes of the first.
  const auto& ticket = *(**one)->ticket;
  REQUIRE(w.stores->use(ticket.use).ok());
  REQUIRE(w.call(w.verification, settle_code{ticket, true}).ok());
  REQUIRE(two->has_value());
  CHECK_FALSE((**two).ok());
}

TEST_CASE("a test number takes its own code at any time and is never sent to") {
  code_world w{false};
  w.verification_settings.test_numbers = {{"+8613800000001", "123456"}};
  w.start_all();
  for (int i = 0; i < 10; ++i)
    REQUIRE(w.send("13800000001").ok());
  CHECK(w.stores->submitted.empty());
  CHECK(w.check("123456", {}, "13800000001").ok());
  CHECK(w.check("123456", {}, "13800000001").ok());
  CHECK(w.check("123457", {}, "13800000001").error().code == errc::wrong_code);
}

TEST_CASE("wrong tries at a test number are limited, right ones are not") {
  code_world w{false};
  w.verification_settings.test_numbers = {{"+8613800000001", "123456"}};
  w.start_all();
  for (int i = 0; i < 30; ++i)
    CHECK(w.check("123456", {}, "13800000001").ok());
  for (int i = 0; i < 10; ++i)
    CHECK(w.check("000000", {}, "13800000001").error().code == errc::wrong_code);
  auto refused = w.check("123456", {}, "13800000001");
  CHECK(refused.error().code == errc::too_many_tries);
  CHECK(refused.error().retry_after > 0s);
}

TEST_CASE("the policy of phones holds for sends and checks, never for test numbers") {
  code_world w{false};
  w.verification_settings.phones.extra_ranges = {"+1728"};
  w.verification_settings.test_numbers = {{"+864008123123", "123456"}};
  w.start_all();
  CHECK(w.send("+17282101234").ok());
  CHECK(w.check(w.last_code(), {}, "+17282101234").ok());
  CHECK(w.check("123456", {}, "4008123123").ok());
  for (const auto& refused :
       {w.send("4008123124").error(), w.check("123456", {}, "4008123124").error()}) {
    REQUIRE(refused.code == errc::invalid_field);
    CHECK(refused.fields.front() == field_error{"phone", field_rule::service_number});
  }
}

} // namespace tinybook::test
