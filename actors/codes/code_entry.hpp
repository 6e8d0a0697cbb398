#pragma once

#include "actors/codes/code_rules.hpp"
#include "actors/codes/phone_number.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/support/keyring.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

inline constexpr std::size_t code_digits = 6;

/// Numbers of automated clients and the code of each: E.164 → six digits.
using test_number_map = std::map<std::string, std::string, std::less<>>;

/// From the configuration's `+8613800000001=123456`. Errors: `internal` with the reason,
/// which does not show the code.
[[nodiscard]] result<test_number_map>
parse_test_numbers(const std::vector<std::string>& lines);

enum class fixed_line_rule : std::uint8_t {
  refuse_home, ///< Refused in the default region, where one knows that none takes an SMS.
  allow,
  refuse,
};

/// How phones are read and which may get codes.
struct phone_policy {
  std::string default_region = "CN"; ///< Of numbers without a country prefix.
  /// E.164 prefixes such as `+1728`: what is possible there is taken, though the metadata
  /// does not know it.
  std::vector<std::string> extra_ranges{};
  fixed_line_rule fixed_lines = fixed_line_rule::refuse_home;
};

/// A phone as somebody typed it.
struct typed_phone {
  phone_number number;
  const std::string* test_code = nullptr; ///< Of a test number, in the map given.
};

/// Test numbers need only be of a possible length. Errors on others: `not_phone` where
/// the number cannot exist, `service_number`, `fixed_line`.
[[nodiscard]] result<typed_phone> parse_typed_phone(std::string_view field,
                                                    std::string_view text,
                                                    const phone_policy& policy,
                                                    const test_number_map& tests);

/// A code as somebody typed or pasted it, as six ASCII digits: digits of any script are
/// taken, white space and dashes anywhere are dropped. Errors: `required` where nothing
/// was typed, else `not_code`.
[[nodiscard]] result<std::string> parse_typed_code(std::string_view field,
                                                   std::string_view text);

/// How a code is kept: under the key that is current now.
[[nodiscard]] candidate_hash hash_code(const keyring& keys, const code_key& key,
                                       std::string_view code);

/// One hash for each key under which a live code may have been kept.
[[nodiscard]] std::vector<candidate_hash>
hash_candidates(const keyring& keys, const code_key& key, std::string_view code);

} // namespace tinybook
