#pragma once

#include "actors/articles/html_tree.hpp"
#include "storage/result.hpp"

#include <cstddef>
#include <string>

namespace tinybook {

struct written_html {
  std::string html;
  std::size_t seen = 0; ///< Code points of text, each run of white space as one.
};

/// What is kept of a tree, by the rules of `clean_html`; fails as `start_tag` does.
[[nodiscard]] result<written_html> write_kept(const html_tree& tree);

/// The words of what is kept, those of different blocks apart; stops when there are more
/// than `enough_bytes`.
[[nodiscard]] std::string words_of(const html_tree& tree, std::size_t enough_bytes);

} // namespace tinybook
