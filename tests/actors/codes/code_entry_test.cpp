#include "actors/codes/code_entry.hpp"
#include "storage/support/random.hpp"
#include "tests/actors/codes/login_key.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

using test::login_key;

namespace {

keyring one_key() {
  seeded_random random{1};
  return keyring::generate(random);
}

/// Why a phone is refused.
std::optional<field_rule> rule_of(std::string_view typed, const phone_policy& policy) {
  auto phone = parse_typed_phone("phone", typed, policy, {});
  if (phone)
    return std::nullopt;
  return phone.error().fields.front().rule;
}

} // namespace

TEST_CASE("all spellings of a code are six digits") {
  for (const char* typed :
       {"012345", " 012345", "012345\r\n", "012 345", "012-345", "012\u2013345",
        "０１２３４５", "０１２　３４５", "012\u00a0345", "\u200e012345\u200e",
        "0 1 2 3 4 5", "٠١٢٣٤٥", "०१२३४५"}) {
    CAPTURE(typed);
    auto code = parse_typed_code("code", typed);
    REQUIRE(code.ok());
    CHECK(*code == "012345");
  }
}

TEST_CASE("what has not exactly six digits is no code") {
  for (const auto& bad :
       {std::string{"12345"}, std::string{"1234567"}, std::string{"12345a"},
        std::string{"123456a"}, std::string{"123+456"}, std::string{"-12345"},
        std::string{"123456\0", 7}, std::string{"12345\xff"}, std::string{"⑴23456"},
        "123456" + std::string(100'000, ' ')}) {
    CAPTURE(bad);
    auto refused = parse_typed_code("code", bad);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().fields
          == std::vector<field_error>{{"code", field_rule::not_code, 6}});
  }
  for (const char* nothing : {"", "  "})
    CHECK(parse_typed_code("code", nothing).error().fields.front().rule
          == field_rule::required);
}

TEST_CASE("a code's hash tells phones, purposes and codes apart") {
  auto keys = one_key();
  auto hash = hash_code(keys, login_key, "123456").hash;
  CHECK(hash == hash_code(keys, login_key, "123456").hash);
  CHECK(hash != hash_code(keys, login_key, "123457").hash);
  CHECK(hash != hash_code(keys, {login_key.phone, "reset"}, "123456").hash);
  CHECK(hash != hash_code(keys, {"+8613800138001", "login"}, "123456").hash);
}

TEST_CASE("a code that was hashed before a rotation is among the candidates after it") {
  auto keys = one_key();
  auto kept = hash_code(keys, login_key, "123456");
  seeded_random random{2};
  auto rotated = keys.rotated(random);
  CHECK(hash_code(rotated, login_key, "123456").key_id != kept.key_id);
  auto candidates = hash_candidates(rotated, login_key, "123456");
  REQUIRE(candidates.size() == 2);
  CHECK(candidates[1].key_id == kept.key_id);
  CHECK(candidates[1].hash == kept.hash);
}

TEST_CASE("test numbers are read in any spelling of the phone") {
  auto numbers =
      parse_test_numbers({"+8613800000001=123456", "+86 138-0000-0002=000000"});
  REQUIRE(numbers.ok());
  CHECK(numbers->at("+8613800000001") == "123456");
  CHECK(numbers->at("+8613800000002") == "000000");
}

TEST_CASE("a bad test number is refused without showing its code") {
  for (const char* bad :
       {"+8613800000001", "+8613800000001=12345", "x=654321", "=654321"}) {
    CAPTURE(bad);
    auto refused = parse_test_numbers({bad});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find("654321") == std::string::npos);
  }
}

TEST_CASE("a typed phone that is a test number carries its code") {
  test_number_map tests{{"+8613800000001", "123456"}};
  auto test = parse_typed_phone("phone", "138 0000 0001", {}, tests);
  REQUIRE(test.ok());
  REQUIRE(test->test_code != nullptr);
  CHECK(*test->test_code == "123456");
  auto other = parse_typed_phone("phone", "13800138000", {}, tests);
  REQUIRE(other.ok());
  CHECK(other->test_code == nullptr);
  CHECK(other->number.e164 == "+8613800138000");
}

TEST_CASE("a number that cannot exist is refused even where test numbers are set") {
  test_number_map tests{{"+8613800000001", "123456"}};
  auto refused = parse_typed_phone("phone", "123", {}, tests);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().fields.front().rule == field_rule::not_phone);
}

TEST_CASE("a number that the metadata does not know is taken in an extra range only") {
  phone_policy policy;
  CHECK(rule_of("+17282101234", policy) == field_rule::not_phone);
  policy.extra_ranges = {"+8617", "+1728"};
  auto taken = parse_typed_phone("phone", "+1 728 210 1234", policy, {});
  REQUIRE(taken.ok());
  CHECK(taken->number.e164 == "+17282101234");
  CHECK(taken->number.region_or_prefix() == "+1");
  for (const char* other :
       {"+17292101234", "+172821012345", "+1728210123", "+17282101"}) {
    CAPTURE(other);
    CHECK(rule_of(other, policy) == field_rule::not_phone);
  }
}

TEST_CASE("numbers of services get no codes, extra range or not") {
  phone_policy policy;
  policy.extra_ranges = {"+1", "+86", "+44"};
  for (const char* service : {"+19005551234", "4008123123", "8008123123", "+448001111111",
                              "+447640123456", "+445511111111", "+80012345678"}) {
    CAPTURE(service);
    CHECK(rule_of(service, policy) == field_rule::service_number);
  }
}

TEST_CASE("landlines get codes as the policy says") {
  const auto* home = "010 8255 1234";
  const auto* abroad = "+497111234567";
  phone_policy policy;
  CHECK(rule_of(home, policy) == field_rule::fixed_line);
  CHECK_FALSE(rule_of(abroad, policy));
  policy.fixed_lines = fixed_line_rule::refuse;
  CHECK(rule_of(abroad, policy) == field_rule::fixed_line);
  CHECK_FALSE(rule_of("+12025550123", policy)); // Fixed lines look like mobiles there.
  policy.fixed_lines = fixed_line_rule::allow;
  CHECK_FALSE(rule_of(home, policy));
}

TEST_CASE("a test number may be of any kind") {
  test_number_map tests{{"+19005551234", "123456"}, {"+861082551234", "123456"}};
  for (const auto& [phone, code] : tests)
    CHECK(parse_typed_phone("phone", phone, {}, tests).ok());
}

} // namespace tinybook
