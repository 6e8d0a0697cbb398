#include "actors/codes/code_entry.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/text.hpp"

#include <utf8.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tinybook {

namespace {

bool is_code(std::string_view text) {
  return text.size() == code_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= '0' && c <= '9';
         });
}

/// White space, dashes, and the invisible marks that keyboards and messengers add.
bool is_separator(char32_t c) {
  using range = std::pair<char32_t, char32_t>;
  static constexpr auto ranges = std::to_array<range>({
      {U'\t', U'\r'},
      {U' ', U' '},
      {U'-', U'-'},
      {0xa0, 0xa0},     // no-break space
      {0xad, 0xad},     // soft hyphen
      {0x2000, 0x2015}, // spaces, marks of direction, dashes
      {0x2028, 0x202f}, // line separator to narrow no-break space
      {0x205f, 0x206f}, // mathematical space, word joiner, isolates
      {0x2212, 0x2212}, // minus
      {0x3000, 0x3000}, // ideographic space
      {0xfe58, 0xfe58}, // small dash
      {0xfe63, 0xfe63}, // small hyphen
      {0xfeff, 0xfeff}, // zero-width no-break space
      {0xff0d, 0xff0d}, // full-width hyphen
  });
  return std::ranges::any_of(
      ranges, [c](const range& r) { return r.first <= c && c <= r.second; });
}

std::optional<field_rule> why_refused(const phone_number& number,
                                      const phone_policy& policy) {
  switch (number.kind) {
  case phone_kind::personal:
    return std::nullopt;
  case phone_kind::fixed_line:
    if (policy.fixed_lines == fixed_line_rule::refuse
        || (policy.fixed_lines == fixed_line_rule::refuse_home
            && number.region == policy.default_region))
      return field_rule::fixed_line;
    return std::nullopt;
  case phone_kind::service:
    return field_rule::service_number;
  case phone_kind::unassigned:
    if (std::ranges::any_of(policy.extra_ranges, [&](const std::string& range) {
          return number.e164.starts_with(range);
        }))
      return std::nullopt;
    break;
  case phone_kind::local:
    break;
  }
  return field_rule::not_phone;
}

std::string hash_under(const secret_key& secret, const code_key& key,
                       std::string_view code, user_id account) {
  if (account == 0)
    return keyed_hash(secret, {key.phone, key.purpose, code});
  return keyed_hash(secret, {key.phone, key.purpose, code, std::to_string(account)});
}

} // namespace

result<test_number_map> parse_test_numbers(const std::vector<std::string>& lines) {
  test_number_map numbers;
  for (const auto& line : lines) {
    auto equals = line.find('=');
    auto code = equals == std::string::npos ? std::string{} : line.substr(equals + 1);
    auto phone =
        parse_phone("test_numbers", line.substr(0, equals), "", phone_rule::possible);
    if (!phone || !is_code(code))
      return failure{errc::internal, "a test number must read +8613800000001=123456"};
    numbers[phone->e164] = std::move(code);
  }
  return numbers;
}

result<typed_phone> parse_typed_phone(std::string_view field, std::string_view text,
                                      const phone_policy& policy,
                                      const test_number_map& tests) {
  auto number = parse_phone(field, text, policy.default_region, phone_rule::possible);
  if (!number)
    return std::move(number.error());
  if (auto test = tests.find(number->e164); test != tests.end())
    return typed_phone{std::move(*number), &test->second};
  if (auto rule = why_refused(*number, policy))
    return failure{field_error{std::string{field}, *rule}};
  return typed_phone{std::move(*number)};
}

result<std::string> parse_typed_code(std::string_view field, std::string_view text) {
  const failure refused =
      field_error{std::string{field}, field_rule::not_code, code_digits};
  if (text.size() > max_typed_code_bytes || !is_utf8(text))
    return refused;
  std::size_t typed = 0;
  for (auto at = text.begin(); at != text.end();)
    typed += is_separator(utf8::unchecked::next(at)) ? 0U : 1U;
  if (typed == 0)
    return failure{field_error{std::string{field}, field_rule::required}};
  auto code = digits_of(text);
  // Equal counts: the text held nothing but digits and separators.
  if (typed != code_digits || !is_code(code))
    return refused;
  return code;
}

candidate_hash hash_code(const keyring& keys, const code_key& key, std::string_view code,
                         user_id account) {
  return {keys.current_id(),
          hash_under(keys.current(key_purpose::code_hashes), key, code, account)};
}

std::vector<candidate_hash> hash_candidates(const keyring& keys, const code_key& key,
                                            std::string_view code, user_id account) {
  std::vector<candidate_hash> candidates;
  for (auto& id : keys.ids()) {
    auto hash = hash_under(*keys.find(id, key_purpose::code_hashes), key, code, account);
    candidates.push_back({std::move(id), std::move(hash)});
  }
  return candidates;
}

} // namespace tinybook
