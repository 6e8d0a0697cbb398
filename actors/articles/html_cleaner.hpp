#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tinybook {

/// Simple HTML out of any text, safe to show in a page of ours.
///
/// Kept: p br b strong i em u s blockquote code pre ul ol li h1 to h4, and a with an
/// absolute http, https or mailto href (rel="nofollow noopener" is added). Of script,
/// style, svg and the like nothing stays, of all other tags what they hold. The result is
/// well formed and stable: cleaning it again changes nothing, so no second parser can
/// read it in another way. Markup that is too tangled for that (or needs more than a
/// bounded amount of memory) is kept as text. `html` is UTF-8; control characters are
/// dropped.
[[nodiscard]] std::string clean_html(std::string_view html);

/// The text of `html` on one line, white space collapsed, at most `max_code_points`, with
/// an ellipsis where it was cut. Not escaped.
[[nodiscard]] std::string plain_text(std::string_view html, std::size_t max_code_points);

/// plain_text escaped for HTML: what lists show of an article. The limit counts before
/// escaping, so no entity is ever cut.
[[nodiscard]] std::string plain_abstract(std::string_view html,
                                         std::size_t max_code_points = 100);

/// Escapes & < > " and ' for text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view text);

} // namespace tinybook
