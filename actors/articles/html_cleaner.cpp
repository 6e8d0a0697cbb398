#include "actors/articles/html_cleaner.hpp"

#include "actors/articles/html_tree.hpp"
#include "actors/articles/html_writer.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tinybook {

namespace {

/// How often cleaning may have to be repeated before its result stands still.
constexpr int max_rounds = 8;

/// The name of the tag that `text`, behind its <, begins with, such as `td` or `/td`;
/// empty if a parser takes the < for text. A comment has the name `!`.
std::string tag_name(std::string_view text) {
  const auto begins_name = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '!'
           || c == '?';
  };
  if (text.empty() || !begins_name(text.front()))
    return {};
  return lower_ascii(
      text.substr(0, std::min(text.find_first_of(" \t\n/>", 1), text.size())));
}

/// A parser ignores those that stand outside of a table, and their texts would run
/// together.
bool is_table_part(std::string_view name) {
  if (name.starts_with('/'))
    name.remove_prefix(1);
  constexpr auto parts = std::to_array<std::string_view>(
      {"td", "th", "tr", "thead", "tbody", "tfoot", "caption"});
  return std::ranges::find(parts, name) != parts.end();
}

/// What people write that a parser would lose: text behind a < that no > follows, and the
/// borders of cells without their table.
std::string with_borders(std::string_view text) {
  const auto last_end = text.rfind('>');
  constexpr std::size_t longest_name = 16;
  std::string out;
  out.reserve(text.size());
  bool in_tag = false;     // There a < is a character of a name: `<svg<td>` is no svg.
  bool line_begun = false; // With text: between tags alone there is nothing to part.
  std::size_t open_tables = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_tag) {
      in_tag = c != '>';
    } else if (c == '<') {
      if (last_end == std::string_view::npos || at > last_end) {
        out += "&lt;";
        continue;
      }
      const auto name = tag_name(text.substr(at + 1, longest_name));
      in_tag = !name.empty();
      if (name == "table")
        ++open_tables;
      else if (name == "/table" && open_tables > 0)
        --open_tables;
      else if (open_tables == 0 && line_begun && is_table_part(name))
        out += '\n';
      line_begun = line_begun && !is_table_part(name);
    } else if (c != ' ' && c != '\t') {
      line_begun = c != '\n';
    }
    out += c;
  }
  return out;
}

failure refused(field_rule rule, std::size_t limit = 0) {
  return field_error{"content", rule, static_cast<std::int64_t>(limit)};
}

failure why_not_parsed(const html_tree& tree) {
  switch (tree.fault()) {
  case html_fault::too_many_tags:
    return refused(field_rule::too_many_tags, html_tree::max_tags);
  case html_fault::too_deep:
    return refused(field_rule::too_deep, html_tree::max_depth);
  case html_fault::too_tangled:
  case html_fault::none:
    break;
  }
  return refused(field_rule::too_tangled);
}

result<written_html> clean_once(const std::string& html) {
  const html_tree tree(html);
  if (tree.fault() != html_fault::none)
    return why_not_parsed(tree);
  return write_kept(tree);
}

result<done> check_limits(const written_html& clean, const html_limits& limits) {
  if (clean.seen > limits.text)
    return refused(field_rule::too_long, limits.text);
  if (clean.html.size() > limits.bytes)
    return refused(field_rule::too_much_markup, limits.bytes);
  return done{};
}

} // namespace

result<std::string> clean_html(std::string_view html, const html_limits& limits) {
  if (!html_tree::has_few_tags(html))
    return refused(field_rule::too_many_tags, html_tree::max_tags);
  auto present = with_borders(normalised(html));
  for (int round = 0; round < max_rounds; ++round) {
    auto next = clean_once(present);
    if (!next)
      return std::move(next.error());
    if (next->html == present) {
      if (auto kept = check_limits(*next, limits); !kept)
        return std::move(kept.error());
      return present;
    }
    present = std::move(next->html);
  }
  return refused(field_rule::too_tangled);
}

std::string plain_text(std::string_view html, std::size_t max_code_points) {
  const auto text = normalised(html);
  const html_tree tree(text);
  // White space that collapses later counts too: look at more than is asked for.
  return one_line(tree.fault() == html_fault::none
                      ? words_of(tree, max_code_points * 16 + 4096)
                      : text,
                  max_code_points);
}

} // namespace tinybook
