#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

[[nodiscard]] bool is_ascii(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

/// How many code points; nothing when `text` is not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_code_points(std::string_view text);

enum class line_breaks : std::uint8_t {
  refused, ///< One line: no control character at all.
  allowed, ///< Tab, line feed and carriage return may stand in it.
};

/// UTF-8 without control characters (Unicode category Cc: NUL and the rest of C0, DEL,
/// C1).
[[nodiscard]] bool is_clean_text(std::string_view text, line_breaks breaks);

/// Without white space of any kind at both ends, and without a byte order mark.
[[nodiscard]] std::string_view trim(std::string_view text);

/// A to Z lowered, every other byte as it is.
[[nodiscard]] std::string lower_ascii(std::string_view text);

/// At most `limit` code points of `text`; what was cut is replaced by `ellipsis`, which
/// counts. Text that is not UTF-8 is cut at its first invalid byte.
[[nodiscard]] std::string truncate_code_points(std::string_view text, std::size_t limit,
                                               std::string_view ellipsis = "");

/// Of `minute|minutes` what goes with `number`, which is written in digits: the first of
/// the two with 1.
[[nodiscard]] std::string_view plural_form(std::string_view forms,
                                           std::string_view number);

/// `+8613800138000` becomes `+86138****8000`; at least four digits and a third of them
/// are always hidden. For logs and the admin page.
[[nodiscard]] std::string mask_phone(std::string_view phone);

/// `someone@example.org` becomes `s***@example.org`.
[[nodiscard]] std::string mask_email(std::string_view email);

} // namespace tinybook
