#include "http/pages/plain_articles.hpp"

#include "actors/articles/html_text.hpp"
#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook::http {

namespace {

// By which HTML is told from text such as `a<b`: what may stand within a paragraph, and
// what may not.
constexpr auto inline_tags = std::to_array<std::string_view>(
    {"a",   "abbr", "b", "cite", "code",  "del",  "em",     "font", "i",   "img", "ins",
     "kbd", "mark", "q", "s",    "small", "span", "strong", "sub",  "sup", "u"});
constexpr auto block_tags = std::to_array<std::string_view>(
    {"article", "aside", "blockquote", "body",  "br",     "button", "dd",   "div",
     "dl",      "dt",    "figure",     "form",  "footer", "h1",     "h2",   "h3",
     "h4",      "h5",    "h6",         "head",  "header", "hr",     "html", "iframe",
     "input",   "li",    "main",       "nav",   "ol",     "p",      "pre",  "script",
     "section", "style", "svg",        "table", "tbody",  "td",     "th",   "thead",
     "title",   "tr",    "ul",         "video"});

enum class tag_kind : std::uint8_t { none, within, block };

/// Of what follows a `<`.
tag_kind kind_of_tag(std::string_view behind) {
  if (behind.starts_with("!--"))
    return tag_kind::block;
  if (behind.starts_with('/'))
    behind.remove_prefix(1);
  constexpr std::size_t longest = 10;
  const auto end = behind.find_first_of(" \t\n/>");
  if (end > longest)
    return tag_kind::none;
  const auto name = lower_ascii(behind.substr(0, end));
  if (std::ranges::find(inline_tags, name) != inline_tags.end())
    return tag_kind::within;
  const bool block = std::ranges::find(block_tags, name) != block_tags.end();
  return block ? tag_kind::block : tag_kind::none;
}

tag_kind largest_tag(std::string_view text) {
  auto largest = tag_kind::none;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1))
    largest = std::max(largest, kind_of_tag(text.substr(at + 1)));
  return largest;
}

/// Each `<` that begins no tag as text: a parser would drop what follows.
std::string with_tags_alone(std::string_view text) {
  std::string out;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<')) {
    out.append(text.substr(0, at));
    text.remove_prefix(at + 1);
    out += kind_of_tag(text) == tag_kind::none ? "&lt;" : "<";
  }
  return out.append(text);
}

/// All of `from` in `text` as `to`.
std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (auto at = text.find(from); at != text.npos; at = text.find(from)) {
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return out.append(text);
}

} // namespace

std::string typed_as_html(std::string_view typed) {
  const auto largest = largest_tag(typed);
  if (largest == tag_kind::block)
    return with_tags_alone(typed);
  std::string out;
  bool open = false;
  const auto text = normalised(typed);
  for (std::string_view rest = text; !rest.empty();) {
    const auto line = trim_blanks(take_until(rest, '\n'));
    if (line.empty()) {
      out += open ? "</p>" : "";
      open = false;
      continue;
    }
    out += open ? "<br>" : "<p>";
    out += largest == tag_kind::none ? escape_text(line) : with_tags_alone(line);
    open = true;
  }
  return out + (open ? "</p>" : "");
}

std::string html_as_typed(std::string_view html) {
  auto text = replaced(html, "</p><p>", "\n\n");
  text = replaced(text, "</p>\n<p>", "\n\n");
  text = replaced(text, "<br>", "\n");
  constexpr std::string_view begin = "<p>";
  constexpr std::string_view end = "</p>";
  if (text.starts_with(begin) && text.ends_with(end)
      && text.size() >= begin.size() + end.size())
    text = text.substr(begin.size(), text.size() - begin.size() - end.size());
  if (largest_tag(text) == tag_kind::block)
    return std::string{html};
  constexpr auto entities = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}});
  auto plain = text;
  for (const auto& [entity, sign] : entities)
    plain = replaced(plain, entity, sign);
  for (const auto& shown : {plain, text})
    if (typed_as_html(shown) == html)
      return shown;
  return std::string{html};
}

std::string with_lazy_pictures(std::string_view cleaned) {
  return replaced(
      cleaned, "<img ",
      R"(<img loading="lazy" decoding="async" referrerpolicy="no-referrer" )");
}

} // namespace tinybook::http
