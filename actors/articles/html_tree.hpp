#pragma once

#include <gumbo.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace tinybook {

class html_arena;

/// Why there is no tree.
enum class html_fault : std::uint8_t {
  none,
  too_many_tags,
  too_deep,
  too_tangled, ///< It multiplies itself beyond the bounds of memory or attributes.
};

/// A parsed piece of HTML in bounded memory. The nodes live as long as the tree, and so
/// must the text.
class html_tree {
 public:
  // The parser's work grows with the square of the tags: so bounded it stays below some
  // hundredths of a second, and no article that a person writes comes near.
  static constexpr std::size_t max_tags = 5'000; ///< Start and end tags; each < is one.
  static constexpr std::size_t max_depth = 100;  ///< Elements within one another.
  static constexpr std::size_t max_attributes =
      2 * max_tags; ///< None has more that stay.
  static constexpr std::size_t max_memory_bytes = std::size_t{16} * 1024 * 1024;

  /// Each < counts: what is meant as text is written as &lt;, and the parser makes heavy
  /// work of those that are not.
  [[nodiscard]] static bool has_few_tags(std::string_view html);

  /// Parses as a browser parses what stands within a div.
  explicit html_tree(std::string_view html);
  html_tree(const html_tree&) = delete;
  html_tree& operator=(const html_tree&) = delete;
  ~html_tree();

  [[nodiscard]] html_fault fault() const { return fault_; }
  /// The element whose children are the content; only without a fault.
  [[nodiscard]] const GumboNode& root() const { return *root_; }

 private:
  std::unique_ptr<html_arena> arena_;
  const GumboNode* root_ = nullptr;
  html_fault fault_ = html_fault::none;
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
