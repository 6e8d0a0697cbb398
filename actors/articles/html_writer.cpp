#include "actors/articles/html_writer.hpp"

#include "actors/articles/html_policy.hpp"
#include "actors/articles/html_text.hpp"

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// Walks a tree without recursion. `enter(node)` says whether to go into the children;
/// `leave(node)` follows for those that were gone into.
template <class Enter, class Leave>
void walk(const GumboNode& root, Enter enter, Leave leave) {
  struct place {
    const GumboNode* node;
    unsigned next;
  };
  std::vector<place> path{{&root, 0}};
  while (!path.empty()) {
    auto& [node, next] = path.back();
    const auto& children = children_of(*node);
    if (next == children.length) {
      if (node != &root)
        leave(*node);
      path.pop_back();
      continue;
    }
    const auto* child = static_cast<const GumboNode*>(children.data[next++]);
    if (enter(*child))
      path.push_back({child, 0});
  }
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

bool is_kept_element(const GumboNode& node) {
  return node.type == GUMBO_NODE_ELEMENT && fate_of(node.v.element) != html_fate::drop;
}

/// The elements that are blocks or hold one: what breaks a line of text.
std::unordered_set<const GumboNode*> elements_with_blocks(const GumboNode& root) {
  std::unordered_set<const GumboNode*> found;
  std::vector<const GumboNode*> path;
  walk(
      root,
      [&](const GumboNode& node) {
        if (!is_kept_element(node))
          return false;
        path.push_back(&node);
        if (is_block(node.v.element.tag))
          // Who holds one holds all of its holders, too: the way up ends at the first.
          for (auto at = path.rbegin(); at != path.rend() && found.insert(*at).second;)
            ++at;
        return true;
      },
      [&](const GumboNode&) { path.pop_back(); });
  return found;
}

/// Writes what is kept. A block whose tag is not becomes paragraphs: each run of text and
/// inline elements in it is put into a `p` of its own, which so never holds a block.
class html_writer {
 public:
  explicit html_writer(const GumboNode& root)
      : breaks_line_(elements_with_blocks(root)) {}

  bool enter(const GumboNode& node) {
    if (is_text(node)) {
      write_text(node.v.text.text);
      return false;
    }
    if (refused_ || !is_kept_element(node))
      return false;
    const auto tag = node.v.element.tag;
    const bool breaks = breaks_line_.contains(&node);
    if (breaks)
      end_paragraph();
    place within{.paragraphs = in_paragraphs()};
    if (fate_of(node.v.element) == html_fate::keep) {
      auto start = start_tag(node.v.element);
      if (!start) {
        refused_ = std::move(start.error());
        return false;
      }
      if (*start) {
        if (!breaks)
          begin_paragraph();
        end_line();
        out_.html += **start;
        if (breaks)
          line_ = line::empty;
        else if (is_void(tag))
          line_ = line::begun;
        within = {.tag_written = true};
      }
    }
    if (within.tag_written)
      text_blocks_ += is_text_block(tag) ? 1U : 0U;
    else if (is_block(tag))
      within = {.unwrapped_block = true, .paragraphs = text_blocks_ == 0};
    if (within.unwrapped_block && !within.paragraphs)
      want_line();
    path_.push_back(within);
    return true;
  }

  void leave(const GumboNode& node) {
    const auto left = path_.back();
    path_.pop_back();
    const auto tag = node.v.element.tag;
    if (left.unwrapped_block) {
      end_paragraph();
      if (!left.paragraphs)
        want_line();
    }
    if (!left.tag_written)
      return;
    text_blocks_ -= is_text_block(tag) ? 1U : 0U;
    // The parser makes a paragraph of the end of one that a block had ended.
    constexpr std::string_view nothing_yet = "<p>";
    if (tag == GUMBO_TAG_P && out_.html.ends_with(nothing_yet))
      out_.html.resize(out_.html.size() - nothing_yet.size());
    else if (!is_void(tag))
      out_.html += std::string{"</"} + gumbo_normalized_tagname(tag) + ">";
    if (!is_block(tag) && tag != GUMBO_TAG_BR)
      return;
    begin_line();
  }

  [[nodiscard]] result<written_html> take() {
    if (refused_)
      return std::move(*refused_);
    return std::move(out_);
  }

 private:
  /// What an element on the path makes of its children.
  struct place {
    bool tag_written = false;
    bool unwrapped_block = false;
    bool paragraphs = false; ///< Its runs of text become paragraphs.
  };

  [[nodiscard]] bool in_paragraphs() const {
    return !path_.empty() && path_.back().paragraphs;
  }

  /// A reader sees a break, not a character.
  void begin_line() {
    after_space_ = true;
    line_ = line::empty;
  }

  void begin_paragraph() {
    if (!in_paragraphs() || std::exchange(paragraph_open_, true))
      return;
    out_.html += "<p>";
    begin_line();
  }

  void end_paragraph() {
    if (!std::exchange(paragraph_open_, false))
      return;
    out_.html += "</p>";
    begin_line();
  }

  /// Where no paragraph may stand, what was a block gets a line of its own.
  void want_line() {
    if (line_ == line::begun)
      line_ = line::wanted;
  }

  void end_line() {
    if (line_ != line::wanted)
      return;
    out_.html += '\n';
    begin_line();
  }

  void write_text(std::string_view raw) {
    const auto text = normalised(raw); // References such as &#1; were decoded by now.
    if (text.find_first_not_of(" \n\t") != std::string::npos) {
      begin_paragraph();
      end_line();
      line_ = line::begun;
    }
    // A parser ignores the first line break in a pre.
    if (text.starts_with('\n') && out_.html.ends_with("<pre>"))
      out_.html += '\n';
    out_.html += escape_text(text);
    count_seen(text);
  }

  void count_seen(std::string_view text) {
    for (const char c : text) {
      const bool space = is_space(c);
      const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
      if (!continues && !(space && after_space_))
        ++out_.seen;
      if (!continues)
        after_space_ = space;
    }
  }

  enum class line : std::uint8_t { empty, begun, wanted };

  const std::unordered_set<const GumboNode*> breaks_line_;
  written_html out_;
  std::optional<failure> refused_;
  std::vector<place> path_;
  std::size_t text_blocks_ = 0; ///< Open ones, in which no paragraph may stand.
  bool paragraph_open_ = false; ///< One of ours: it holds no block, so there is one.
  line line_ = line::empty;
  bool after_space_ = true;
};

/// A line or a picture parts words, too.
bool parts_words(GumboTag tag) {
  return is_block(tag) || is_void(tag);
}

} // namespace

result<written_html> write_kept(const html_tree& tree) {
  html_writer writer(tree.root());
  walk(
      tree.root(), [&](const GumboNode& node) { return writer.enter(node); },
      [&](const GumboNode& node) { writer.leave(node); });
  return writer.take();
}

std::string words_of(const html_tree& tree, std::size_t enough_bytes) {
  std::string words;
  walk(
      tree.root(),
      [&](const GumboNode& node) {
        if (words.size() > enough_bytes)
          return false;
        if (is_text(node)) {
          words += node.v.text.text;
          return false;
        }
        if (!is_kept_element(node))
          return false;
        if (parts_words(node.v.element.tag))
          words += ' ';
        return true;
      },
      [&](const GumboNode& node) {
        if (parts_words(node.v.element.tag))
          words += ' ';
      });
  return words;
}

} // namespace tinybook
