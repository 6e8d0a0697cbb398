#include "actors/articles/html_cleaner.hpp"

#include "actors/articles/html_policy.hpp"
#include "actors/articles/html_tree.hpp"
#include "storage/support/text.hpp"

#include <utf8.h>

#include <optional>
#include <vector>

namespace tinybook {

namespace {

/// Elements below this depth lose their tags: no reader can tell them apart.
constexpr std::size_t max_depth = 64;
/// How often cleaning may have to be repeated before its result stands still.
constexpr int max_rounds = 8;

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

/// Valid UTF-8 with \n as the only line break and no control character but it and \t:
/// what a parser makes of other input may differ from what the next one makes of the
/// result.
std::string normalised(std::string_view text) {
  std::string valid;
  if (is_utf8(text))
    valid = text;
  else
    utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  std::string out;
  out.reserve(valid.size());
  for (auto at = valid.begin(); at != valid.end();) {
    const auto from = at;
    const char32_t c = utf8::unchecked::next(at);
    if (c == U'\r') {
      if (at == valid.end() || *at != '\n')
        out += '\n';
    } else if ((c >= 0x20 && c < 0x7f) || c > 0x9f || c == U'\n' || c == U'\t') {
      out.append(from, at);
    }
  }
  return out;
}

class html_writer {
 public:
  bool enter(const GumboNode& node) {
    if (is_text(node)) {
      write_text(node.v.text.text);
      return false;
    }
    if (node.type != GUMBO_NODE_ELEMENT)
      return false;
    const auto fate = fate_of(node.v.element);
    if (fate == html_fate::drop)
      return false;
    open_.push_back(fate == html_fate::keep && kept_ < max_depth && write_start(node));
    if (open_.back())
      ++kept_;
    return true;
  }

  void leave(const GumboNode& node) {
    if (open_.back()) {
      --kept_;
      if (node.v.element.tag != GUMBO_TAG_BR)
        out_ += "</" + name_of(node) + ">";
    }
    open_.pop_back();
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  static std::string name_of(const GumboNode& node) {
    return gumbo_normalized_tagname(node.v.element.tag);
  }

  void write_text(std::string_view raw) {
    const auto text = normalised(raw); // references such as &#1; were decoded by now
    // A parser ignores the first line break in a pre.
    if (text.starts_with('\n') && out_.ends_with("<pre>"))
      out_ += '\n';
    out_ += escape_html(text);
  }

  bool write_start(const GumboNode& node) {
    const auto& element = node.v.element;
    if (element.tag == GUMBO_TAG_A) {
      const auto* given = gumbo_get_attribute(&element.attributes, "href");
      const auto href = given != nullptr ? safe_href(given->value) : std::nullopt;
      if (!href)
        return false;
      out_ += "<a href=\"" + escape_html(*href) + "\" rel=\"nofollow noopener\">";
    } else {
      out_ += "<" + name_of(node) + ">";
    }
    return true;
  }

  std::string out_;
  std::vector<bool> open_; ///< For each element on the path: whether its tag was written.
  std::size_t kept_ = 0;
};

std::optional<std::string> clean_once(const std::string& html) {
  const html_tree tree(html);
  if (!tree.ok())
    return std::nullopt;
  html_writer writer;
  walk(
      tree.root(), [&](const GumboNode& node) { return writer.enter(node); },
      [&](const GumboNode& node) { writer.leave(node); });
  return writer.take();
}

/// The words of a tree; stops when there are more than anyone asks for.
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
        if (node.type != GUMBO_NODE_ELEMENT || fate_of(node.v.element) == html_fate::drop)
          return false;
        if (is_block(node.v.element.tag))
          words += ' ';
        return true;
      },
      [&](const GumboNode& node) {
        if (is_block(node.v.element.tag))
          words += ' ';
      });
  return words;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return std::string(trim(line));
}

} // namespace

std::string clean_html(std::string_view html) {
  const auto text = normalised(html);
  auto present = std::optional(text);
  for (int round = 0; round < max_rounds; ++round) {
    auto next = clean_once(*present);
    if (!next)
      break;
    if (*next == *present)
      return std::move(*present);
    present = std::move(next);
  }
  return escape_html(text);
}

std::string plain_text(std::string_view html, std::size_t max_code_points) {
  const auto text = normalised(html);
  const html_tree tree(text);
  // White space that collapses later counts too: look at more than is asked for.
  const auto words = tree.ok() ? words_of(tree, max_code_points * 16 + 4096) : text;
  return truncate_code_points(on_one_line(normalised(words)), max_code_points, "…");
}

std::string plain_abstract(std::string_view html, std::size_t max_code_points) {
  return escape_html(plain_text(html, max_code_points));
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 16);
  for (char c : text) {
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    case '\'':
      escaped += "&#39;";
      break;
    default:
      escaped += c;
    }
  }
  return escaped;
}

} // namespace tinybook
