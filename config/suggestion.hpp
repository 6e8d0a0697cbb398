#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::config {

/// `port` of `http.port`.
[[nodiscard]] inline std::string_view last_part(std::string_view dotted_name) {
  return dotted_name.substr(dotted_name.rfind('.') + 1);
}

/// The fewest insertions, deletions, replacements and swaps of neighbours that turn `a`
/// into `b` (Damerau-Levenshtein, restricted: no part is edited twice).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `name` was most likely meant to be: the nearest within a third of
/// its length (at least 2 edits), else one that ends in the same last part. Empty if none
/// is near.
[[nodiscard]] std::string_view closest(std::string_view name,
                                       std::span<const std::string> candidates);

/// `; did you mean "http.port"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string> candidates);

} // namespace tinybook::config
