#pragma once

#include <string>
#include <string_view>

namespace tinybook::http {

/// What was typed into the field of an article as HTML. What stands in no block is text:
/// paragraphs stand apart by an empty line, and each line stays one. A block (a heading,
/// a list, a paragraph in tags) is kept as it is. A `<` that begins no tag is text, too.
[[nodiscard]] std::string typed_as_html(std::string_view typed);

/// The opposite, for editing: HTML of nothing but paragraphs and lines as plain text, any
/// other as it is.
[[nodiscard]] std::string html_as_typed(std::string_view html);

/// Lets pictures load when they are scrolled to, and tells their servers nothing.
[[nodiscard]] std::string with_lazy_pictures(std::string_view cleaned);

} // namespace tinybook::http
