#pragma once

#include "storage/result.hpp"

#include <gumbo.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// What becomes of an element of foreign HTML.
enum class html_fate : std::uint8_t {
  keep,   ///< Tag and content stay.
  unwrap, ///< The content stays.
  drop,   ///< Nothing stays.
};

[[nodiscard]] html_fate fate_of(const GumboElement& element);

/// Starts on a line of its own: text before and after it belongs to different paragraphs.
[[nodiscard]] bool is_block(GumboTag tag);

/// Holds text only by the rules of HTML: a paragraph within would end it, or be one too
/// many.
[[nodiscard]] bool is_text_block(GumboTag tag);

/// Has neither content nor end tag.
[[nodiscard]] bool is_void(GumboTag tag);

/// The start tag of a kept element with the attributes that it may have, escaped; nothing
/// where it may not stand without one that it lacks: the address of a link or image.
/// Fails with `address_too_long` or `alt_too_long` where one that it may have is too
/// long.
[[nodiscard]] result<std::optional<std::string>> start_tag(const GumboElement& element);

} // namespace tinybook
