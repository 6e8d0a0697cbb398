#include "actors/codes/phone_number.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <rapidcheck.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace tinybook {

namespace {

field_rule rule_of(const result<phone_number>& refused) {
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::invalid_field);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields.front().field == "phone");
  return refused.error().fields.front().rule;
}

} // namespace

TEST_CASE("all spellings of a number are one phone") {
  for (const char* text :
       {"13800138000", "+8613800138000", "008613800138000", "138 0013 8000",
        "138-0013-8000", " (138) 0013 8000 ", "１３８００１３８０００",
        "＋８６１３８００１３８０００", "+86 138 0013 8000",
        "+86\u00a0138\u00a00013\u00a08000", "+86.138.0013.8000"}) {
    const auto phone = parse_phone("phone", text);
    REQUIRE_MESSAGE(phone.ok(), text);
    CHECK(*phone == phone_number{"+8613800138000", "+86", "CN"});
  }
}

TEST_CASE("the default region reads national numbers only") {
  CHECK(parse_phone("phone", "+14155552671", "CN")->e164 == "+14155552671");
  CHECK(parse_phone("phone", "4155552671", "US")->e164 == "+14155552671");
  CHECK(parse_phone("phone", "(415) 555-2671", "US")->region == "US");
  CHECK(parse_phone("phone", "020 7031 3000", "GB")->e164 == "+442070313000");
  CHECK(parse_phone("phone", "02 1234 5678", "IT")->e164 == "+390212345678");
}

TEST_CASE("what is no phone number is refused by field and rule") {
  for (const char* text : {"abc",
                           "1",
                           "110",
                           "+",
                           "138001380001",
                           "1380013800",
                           "+8612345",
                           "+999123456789",
                           "13800138000 ext 5",
                           "13800138000x5",
                           "13800138000#5",
                           "tel:+8613800138000",
                           "+1 800 FLOWERS",
                           "+8613800138000;ext=5",
                           "13800138000,1",
                           "１３８００１３８０００ｘ５",
                           "13800138000;phone-context=+1",
                           "1380013\n8000",
                           "\xff\xfe",
                           "+86138\xc3",
                           "٣"})
    CHECK_MESSAGE(rule_of(parse_phone("phone", text)) == field_rule::not_phone, text);
  CHECK(rule_of(parse_phone("phone", std::string_view("138\000138000", 10)))
        == field_rule::not_phone);
  CHECK(rule_of(parse_phone("phone", std::string(100'000, '1')))
        == field_rule::not_phone);
  CHECK(rule_of(parse_phone("phone", "  ")) == field_rule::required);
}

TEST_CASE("a possible number may lie outside of the assigned ranges") {
  CHECK_FALSE(parse_phone("phone", "+8610000000000").ok());
  const auto test_number =
      parse_phone("phone", "+8610000000000", "CN", phone_rule::possible);
  REQUIRE(test_number);
  CHECK(test_number->e164 == "+8610000000000");
  CHECK_FALSE(parse_phone("phone", "+861", "CN", phone_rule::possible).ok());
}

TEST_CASE("normalising is idempotent for whatever is accepted") {
  CHECK(rc::check("idempotent", [] {
    const auto text = *rc::gen::oneOf(
        rc::gen::map(rc::gen::inRange<std::int64_t>(0, 9'999'999'999),
                     [](std::int64_t n) { return "1" + std::to_string(n); }),
        rc::gen::map(rc::gen::inRange<std::int64_t>(10'000'000, 999'999'999'999'999),
                     [](std::int64_t n) { return "+" + std::to_string(n); }),
        rc::gen::container<std::string>(
            rc::gen::elementOf(std::string("0123456789+ -()./~"))));
    for (auto rule : {phone_rule::assigned, phone_rule::possible})
      if (const auto once = parse_phone("phone", text, "CN", rule)) {
        const auto again = parse_phone("phone", once->e164, "US", rule);
        RC_ASSERT(again.ok());
        RC_ASSERT(*again == *once);
        RC_ASSERT(once->e164.starts_with(once->country_prefix));
      }
  }));
}

TEST_CASE("no input makes it crash or write to standard output") {
  std::FILE* caught = std::tmpfile();
  REQUIRE(caught != nullptr);
  const auto parse_all = [caught](const std::vector<std::string>& texts) {
    std::fflush(stdout);
    const int saved = ::dup(STDOUT_FILENO);
    ::dup2(::fileno(caught), STDOUT_FILENO);
    for (const auto& text : texts)
      for (const char* region : {"CN", "??", ""})
        (void)parse_phone("phone", text, region);
    std::fflush(stdout);
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
  };
  CHECK(rc::check("any text", parse_all));
  parse_all(
      {"+86", "+9999999999", "abc", "\xff", std::string(300, '9'), "+999 13800138000"});
  const auto written = ::lseek(::fileno(caught), 0, SEEK_END);
  std::fclose(caught);
  CHECK(written == 0);
}

TEST_CASE("a mobile with several spellings abroad comes in one of them") {
  for (const char* text : {"+54 11 2345 6789", "+54 9 11 2345 6789",
                           "+54 11 15 2345 6789", "+541123456789"}) {
    CAPTURE(text);
    const auto phone = parse_phone("phone", text);
    REQUIRE(phone.ok());
    CHECK(*phone == phone_number{"+5491123456789", "+54", "AR"});
  }
  CHECK(parse_phone("phone", "011 15 2345-6789", "AR")->e164 == "+5491123456789");
  CHECK(parse_phone("phone", "343 555 1212", "AR")->e164 == "+5493435551212");
  for (const char* text : {"+52 1 55 1234 5678", "+52 55 1234 5678",
                           "+52 01 1 55 1234 5678", "+52 045 55 1234 5678"})
    CHECK(parse_phone("phone", text)->e164 == "+525512345678");
  // A service number: no mobile, whatever the prefix.
  CHECK(parse_phone("phone", "+54 800 123 4567")->e164 == "+548001234567");
}

TEST_CASE("00 is a plus everywhere, unless the region reads another subscriber") {
  const auto read = [](const char* text, const char* region) {
    const auto phone = parse_phone("phone", text, region);
    return phone ? phone->e164 : "refused";
  };
  CHECK(read("0065 8123 4567", "SG") == "+6581234567");
  CHECK(read("００86 138 0013 8000", "HK") == "+8613800138000");
  CHECK(read("00 1 201-555-0123", "US") == "+12015550123");
  CHECK(read("0055 11 96123 4567", "BR") == "+5511961234567");
  CHECK(read("0086 138 0013 8000", "CN") == "+8613800138000");
  CHECK(read("001 86 138 0013 8000", "SG") == "+8613800138000");
  CHECK(read("0011 679 7012345", "AU") == "+6797012345");
  // Singapore's 004 and then India, or Germany's +49.
  CHECK(read("004915123456789", "SG") == "refused");
  CHECK(read("+4915123456789", "SG") == "+4915123456789");
}

TEST_CASE("a stored phone becomes the one form, what is no phone stays") {
  CHECK(canonical_phone("+541123456789") == "+5491123456789");
  CHECK(canonical_phone("+5491123456789") == "+5491123456789");
  CHECK(canonical_phone("+5215512345678") == "+525512345678");
  CHECK(canonical_phone("+8613800138000") == "+8613800138000");
  CHECK(spaced_phone("+8613800138000") == "+86 138 0013 8000");
  CHECK(spaced_phone("13800138000") == "13800138000");
  CHECK(canonical_phone("+17282101234") == "+17282101234");
  CHECK(canonical_phone("+1") == "+1");
  CHECK(canonical_phone("").empty());
}

TEST_CASE("the kind of a number is told") {
  const auto kind = [](std::string_view text) {
    return parse_phone("phone", text, "CN", phone_rule::possible)->kind;
  };
  CHECK(kind("13800138000") == phone_kind::personal);
  CHECK(kind("+12025550123") == phone_kind::personal);
  CHECK(kind("+445612345678") == phone_kind::personal); // Over the Internet.
  CHECK(kind("010 8255 1234") == phone_kind::fixed_line);
  CHECK(kind("+19005551234") == phone_kind::service);
  CHECK(kind("+17282101234") == phone_kind::unassigned);
  CHECK(kind("+12101234") == phone_kind::local);
}

TEST_CASE("the age of the metadata is that of the library's file") {
  const auto source = find_phone_metadata();
  CHECK(source.library.starts_with("libphonenumber.so."));
  CHECK(source.written > wall_time{} + std::chrono::years{45});
  CHECK(source.written < std::chrono::system_clock::now());
}

TEST_CASE("numbers of China, Hong Kong, Macau and Taiwan get their SMS in Chinese") {
  for (const auto* prefix : {"+86", "+852", "+853", "+886"})
    CHECK(language_of(prefix) == language::zh);
  for (const auto* prefix : {"+1", "+8", "+81", "+49", ""})
    CHECK(language_of(prefix) == language::en);
}

TEST_CASE("regions are known by their two letters") {
  CHECK(is_phone_region("CN"));
  CHECK(is_phone_region("US"));
  CHECK_FALSE(is_phone_region("cn"));
  CHECK_FALSE(is_phone_region("ZZ"));
  CHECK_FALSE(is_phone_region("001"));
  CHECK_FALSE(is_phone_region(""));
}

} // namespace tinybook
