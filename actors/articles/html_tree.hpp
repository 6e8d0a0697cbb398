#pragma once

#include <gumbo.h>

#include <memory>
#include <string_view>

namespace tinybook {

class html_arena;

/// A parsed piece of HTML in bounded memory. The nodes live as long as the tree, and so
/// must the text.
class html_tree {
 public:
  // The parser's work grows with the square of these: so bounded it stays below some
  // tenths of a second, and no article that a person writes comes near.
  static constexpr std::size_t max_tags = 16'000; ///< Start and end tags of the text.
  static constexpr std::size_t max_attributes = 8'000;
  static constexpr std::size_t max_memory_bytes = std::size_t{64} * 1024 * 1024;

  /// Parses as a browser parses what stands within a div. Not ok() when the text is too
  /// tangled for the bounds above.
  explicit html_tree(std::string_view html);
  html_tree(const html_tree&) = delete;
  html_tree& operator=(const html_tree&) = delete;
  ~html_tree();

  [[nodiscard]] bool ok() const { return root_ != nullptr; }
  /// The element whose children are the content; only when ok().
  [[nodiscard]] const GumboNode& root() const { return *root_; }

 private:
  std::unique_ptr<html_arena> arena_;
  const GumboNode* root_ = nullptr;
};

/// The children of an element, none for any other node.
[[nodiscard]] inline const GumboVector& children_of(const GumboNode& node) {
  const bool element =
      node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
  return element ? node.v.element.children : kGumboEmptyVector;
}

/// Text, white space or CDATA; not a comment.
[[nodiscard]] inline bool is_text(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE
         || node.type == GUMBO_NODE_CDATA;
}

} // namespace tinybook
