#include "actors/codes/code_entry.hpp"

#include "storage/support/crypto.hpp"

#include <algorithm>

namespace tinybook {

namespace {

bool is_code(std::string_view text) {
  return text.size() == code_digits && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= '0' && c <= '9';
         });
}

std::string hash_under(const secret_key& secret, const code_key& key,
                       std::string_view code) {
  return keyed_hash(secret, {key.phone, key.purpose, code});
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
                                      std::string_view default_region,
                                      const test_number_map& tests) {
  if (!tests.empty()) {
    auto possible = parse_phone(field, text, default_region, phone_rule::possible);
    auto test = possible ? tests.find(possible->e164) : tests.end();
    if (test != tests.end())
      return typed_phone{std::move(*possible), &test->second};
  }
  auto number = parse_phone(field, text, default_region);
  if (!number)
    return std::move(number.error());
  return typed_phone{std::move(*number)};
}

result<done> check_code_shape(std::string_view field, std::string_view code) {
  if (code.empty())
    return failure{field_error{std::string{field}, field_rule::required}};
  if (!is_code(code))
    return failure{field_error{std::string{field}, field_rule::not_code, code_digits}};
  return done{};
}

candidate_hash hash_code(const keyring& keys, const code_key& key,
                         std::string_view code) {
  return {keys.current_id(),
          hash_under(keys.current(key_purpose::code_hashes), key, code)};
}

std::vector<candidate_hash> hash_candidates(const keyring& keys, const code_key& key,
                                            std::string_view code) {
  std::vector<candidate_hash> candidates;
  for (auto& id : keys.ids()) {
    auto hash = hash_under(*keys.find(id, key_purpose::code_hashes), key, code);
    candidates.push_back({std::move(id), std::move(hash)});
  }
  return candidates;
}

} // namespace tinybook
