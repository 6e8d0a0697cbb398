#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Takes the part before `separator` off the front of `rest`.
[[nodiscard]] std::string_view take_until(std::string_view& rest, char separator);

/// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

/// Percent-decodes `text`; a `%` that no two digits follow stands for itself.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// A decimal integer, the whole of `text`. `out_of_range` where it is one that 64 bits do
/// not hold.
struct parsed_integer {
  enum class outcome : std::uint8_t { ok, not_a_number, out_of_range } what;
  std::int64_t value = 0;
};
[[nodiscard]] parsed_integer parse_integer(std::string_view text);

} // namespace tinybook::http
