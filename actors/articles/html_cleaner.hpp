#pragma once

#include "actors/articles/html_text.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tinybook {

struct html_limits {
  std::size_t text = 100'000; ///< Code points that a reader sees, white space collapsed.
  std::size_t bytes = std::size_t{1024} * 1024; ///< Of the result, markup included.
};

/// Simple HTML out of any text, safe to show in a page of ours.
///
/// Kept: p br hr b strong i em u s sub sup blockquote code pre ul ol li h1 to h6, simple
/// tables, a with an absolute http, https or mailto href (rel="nofollow noopener" is
/// added), img with an https src and its alt, and the class="language-…" of code. Of
/// script, style, svg and the like nothing stays. Of all other tags what they hold stays:
/// of a block as paragraphs (where none may stand, on lines of its own), so that no words
/// run together. No character that a reader sees is lost.
///
/// The result is well formed and stable: cleaning it again changes nothing, so no second
/// parser can read it in another way, and what was accepted once is accepted again.
/// `html` is UTF-8; control characters are dropped.
///
/// Fails with `invalid_field` and the field `content`: `too_long` and `too_much_markup`
/// by `limits`, `too_many_tags` and `too_deep` by those of `html_tree`,
/// `address_too_long` and `alt_too_long` of a link or image that would be kept,
/// `too_tangled` where the markup needs more than bounded memory or does not become
/// stable. The time is bounded by these limits and linear in the text.
[[nodiscard]] result<std::string> clean_html(std::string_view html,
                                             const html_limits& limits = {});

/// The text of cleaned HTML on one line, white space collapsed, at most
/// `max_code_points`, with an ellipsis where it was cut. Not escaped.
[[nodiscard]] std::string plain_text(std::string_view html, std::size_t max_code_points);

} // namespace tinybook
