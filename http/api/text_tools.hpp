#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Removes the part before `separator`, and the separator, from `rest` and returns it.
[[nodiscard]] std::string_view take_until(std::string_view& rest, char separator);

/// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

/// Percent-decodes `text`; a `%` without two hexadecimal digits is kept.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// All of `text` as a decimal integer; `out_of_range` if it does not fit 64 bits.
struct parsed_integer {
  enum class outcome : std::uint8_t { ok, not_a_number, out_of_range } what;
  std::int64_t value = 0;
};
[[nodiscard]] parsed_integer parse_integer(std::string_view text);

} // namespace tinybook::http
