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
/// Enough for them with separators between all.
inline constexpr std::size_t max_typed_code_bytes = 64;

/// Numbers of automated clients and the code of each: E.164 → six digits.
using test_number_map = std::map<std::string, std::string, std::less<>>;

/// From the configuration's `+8613800000001=123456`. Errors: `internal` with the reason,
/// which does not show the code.
[[nodiscard]] result<test_number_map>
parse_test_numbers(const std::vector<std::string>& lines);

enum class fixed_line_rule : std::uint8_t {
  refuse_home, ///< Refused in the default region, where fixed lines take no SMS.
  allow,
  refuse,
};

/// How phone numbers are read and which may get codes.
struct phone_policy {
  std::string default_region = "CN"; ///< Of numbers without a country prefix.
  /// E.164 prefixes such as `+1728`, in which possible numbers are taken although the
  /// metadata do not know them.
  std::vector<std::string> extra_ranges{};
  fixed_line_rule fixed_lines = fixed_line_rule::refuse_home;
};

/// A phone number as somebody typed it.
struct typed_phone {
  phone_number number;
  const std::string* test_code = nullptr; ///< Of a test number: points into the map.
};

/// Test numbers only need a possible length. Errors for others: `not_phone` where the
/// number cannot exist, `service_number`, `fixed_line`.
[[nodiscard]] result<typed_phone> parse_typed_phone(std::string_view field,
                                                    std::string_view text,
                                                    const phone_policy& policy,
                                                    const test_number_map& tests);

/// Turns a typed or pasted code into six ASCII digits: digits of any script are taken,
/// white space and dashes anywhere are dropped. Errors: `required` where nothing was
/// typed, else `not_code`.
[[nodiscard]] result<std::string> parse_typed_code(std::string_view field,
                                                   std::string_view text);

/// Hashes a code for storage, with the current key. That of an account is another one
/// than that of nobody or of another account.
[[nodiscard]] candidate_hash hash_code(const keyring& keys, const code_key& key,
                                       std::string_view code, user_id account = 0);

/// One hash for each key with which a live code may have been stored.
[[nodiscard]] std::vector<candidate_hash> hash_candidates(const keyring& keys,
                                                          const code_key& key,
                                                          std::string_view code,
                                                          user_id account = 0);

} // namespace tinybook
