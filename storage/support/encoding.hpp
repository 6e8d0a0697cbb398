#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

// Bytes travel as std::string. The decoders are strict: one text has one encoding, and
// any other character, wrong padding, or stray bits give std::nullopt.

/// The value of a hexadecimal digit of either case; -1 if it is none.
[[nodiscard]] constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// Takes both cases.
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

} // namespace tinybook
