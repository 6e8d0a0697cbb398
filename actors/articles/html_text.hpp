#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tinybook {

/// Escapes & < > " and ' for attribute values, and for text that is put into a page.
[[nodiscard]] std::string escape_html(std::string_view text);

/// Escapes & < and >, which is all that the text of HTML itself needs.
[[nodiscard]] std::string escape_text(std::string_view text);

/// Valid UTF-8 with \n as the only line break and no control character but it and \t:
/// what a parser makes of other input may differ from what the next one makes of the
/// result.
[[nodiscard]] std::string normalised(std::string_view text);

/// At most `max_code_points` of `line`, with an ellipsis where it was cut: between words,
/// where they are short and have blanks.
[[nodiscard]] std::string cut_off(std::string_view line, std::size_t max_code_points);

/// `text` normalised on one line, white space collapsed, and cut off.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t max_code_points);

} // namespace tinybook
