#pragma once

#include <gumbo.h>

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

/// Starts on a line of its own: text before and after it are different words.
[[nodiscard]] bool is_block(GumboTag tag);

/// An absolute http, https or mailto address, as a browser would read it (white space
/// around it and line breaks within it are not part of it); nothing for all others.
[[nodiscard]] std::optional<std::string> safe_href(std::string_view value);

} // namespace tinybook
