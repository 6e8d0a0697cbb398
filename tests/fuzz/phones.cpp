#include "actors/codes/code_entry.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>

namespace tinybook::fuzz {

/// A phone as it is typed and, after the first line feed, a code.
void phones(std::string_view input) {
  const auto line = input.substr(0, input.find('\n'));
  phone_policy policy;
  policy.extra_ranges = {"+1728"};
  policy.fixed_lines = fixed_line_rule::allow;
  if (const auto phone = parse_typed_phone("phone", line, policy, {})) {
    const auto& number = phone->number;
    const auto again = parse_typed_phone("phone", number.e164, policy, {});
    expect(again.ok(), "a phone's E.164 form is a phone");
    expect(again->number.e164 == number.e164, "a phone has one form");
    expect(again->number.region == number.region, "a phone is in one region");
    expect(number.e164.starts_with(number.country_prefix),
           "a phone begins with its country prefix");
  }
  if (line.size() == input.size())
    return;
  if (const auto code = parse_typed_code("code", input.substr(line.size() + 1))) {
    const auto is_digit = [](char c) {
      return c >= '0' && c <= '9';
    };
    expect(code->size() == 6 && std::ranges::all_of(*code, is_digit),
           "a code is six digits");
  }
}

} // namespace tinybook::fuzz
