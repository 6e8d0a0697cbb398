#include "http/pages/plain_articles.hpp"

#include "actors/articles/html_text.hpp"
#include "http/text_tools.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace tinybook::http {

namespace {

// By which HTML is told from text such as `a<b`: what may stand within a paragraph, and
// what may not.
constexpr auto inline_tags = std::to_array<std::string_view>(
    {"a",   "abbr", "b",    "br", "cite", "code",  "del",  "em",     "font", "i",   "img",
     "ins", "kbd",  "mark", "q",  "s",    "small", "span", "strong", "sub",  "sup", "u"});
constexpr auto block_tags = std::to_array<std::string_view>(
    {"article", "aside",  "blockquote", "body",   "button", "dd",   "div",    "dl",
     "dt",      "figure", "form",       "footer", "h1",     "h2",   "h3",     "h4",
     "h5",      "h6",     "head",       "header", "hr",     "html", "iframe", "input",
     "li",      "main",   "nav",        "ol",     "p",      "pre",  "script", "section",
     "style",   "svg",    "table",      "tbody",  "td",     "th",   "thead",  "title",
     "tr",      "ul",     "video"});

enum class tag_kind : std::uint8_t { none, within, block };

constexpr std::string_view comment = "!--";

struct tag {
  tag_kind kind = tag_kind::none;
  std::string name; ///< In lower case; `!--` of a comment.
  bool closes = false;
  std::size_t at = 0;  ///< Of its `<`.
  std::size_t end = 0; ///< Behind its `>`, or the `!--` of a comment.
};

/// What begins at the `<` at `at`.
tag tag_at(std::string_view text, std::size_t at) {
  auto behind = text.substr(at + 1);
  tag out;
  out.at = at;
  out.end = at + 1;
  if (behind.starts_with(comment))
    return {tag_kind::block, std::string{comment}, false, at, at + 1 + comment.size()};
  out.closes = behind.starts_with('/');
  behind.remove_prefix(out.closes ? 1 : 0);
  constexpr std::size_t longest = 10;
  const auto length = behind.substr(0, longest + 1).find_first_of(" \t\n/>");
  const auto close = behind.find_first_of("<>");
  if (length > longest || close == behind.npos || behind[close] == '<')
    return out;
  out.name = lower_ascii(behind.substr(0, length));
  if (std::ranges::find(inline_tags, out.name) != inline_tags.end())
    out.kind = tag_kind::within;
  else if (std::ranges::find(block_tags, out.name) != block_tags.end())
    out.kind = tag_kind::block;
  out.end = text.size() - behind.size() + close + 1;
  return out;
}

/// The first tag at `from` or behind it that is at least of `kind`.
std::optional<tag> next_tag(std::string_view text, std::size_t from, tag_kind kind) {
  for (auto at = text.find('<', from); at != text.npos; at = text.find('<', at + 1))
    if (auto found = tag_at(text, at); found.kind >= kind)
      return found;
  return std::nullopt;
}

/// Where the element ends that `begin` opens: where its paragraph has to, or behind the
/// tag that closes it, or nowhere.
std::size_t end_of_block(std::string_view text, const tag& begin) {
  if (begin.name == comment) {
    constexpr std::string_view end = "-->";
    const auto at = text.find(end, begin.end);
    return at == text.npos ? text.size() : at + end.size();
  }
  if (begin.closes || begin.name == "hr" || begin.name == "input")
    return begin.end;
  int open = 1;
  for (auto next = next_tag(text, begin.end, tag_kind::block); next;
       next = next_tag(text, next->end, tag_kind::block)) {
    if (next->name == begin.name)
      open += next->closes ? -1 : 1;
    if (begin.name == "p" && open != 0)
      return next->at;
    if (open == 0)
      return next->end;
  }
  return text.size();
}

/// Each `<` that begins no tag as text: a parser would drop what follows. A tag stands on
/// one line.
std::string with_tags_alone(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', done)) {
    out.append(text.substr(done, at - done));
    const auto found = tag_at(text, at);
    done = found.kind == tag_kind::none ? at + 1 : found.end;
    if (found.kind == tag_kind::none)
      out += "&lt;";
    else
      std::ranges::replace_copy(text.substr(at, done - at), std::back_inserter(out), '\n',
                                ' ');
  }
  return out.append(text.substr(done));
}

/// Adds `text` as paragraphs, which an empty line parts. Each line stays one, unless the
/// text says itself where they end.
void add_paragraphs(std::string& out, std::string_view text) {
  const std::string_view between =
      lower_ascii(text).find("<br") == std::string::npos ? "<br>" : "\n";
  bool open = false;
  while (!text.empty()) {
    const auto line = trim_blanks(take_until(text, '\n'));
    if (line.empty())
      out += open ? "</p>" : "";
    else
      out.append(open ? between : "<p>").append(line);
    open = !line.empty();
  }
  out += open ? "</p>" : "";
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
  auto text = normalised(typed);
  text = next_tag(text, 0, tag_kind::within) ? with_tags_alone(text) : escape_text(text);
  std::string out;
  std::size_t done = 0;
  for (auto block = next_tag(text, 0, tag_kind::block); block;
       block = next_tag(text, done, tag_kind::block)) {
    add_paragraphs(out, std::string_view{text}.substr(done, block->at - done));
    done = end_of_block(text, *block);
    out.append(text, block->at, done - block->at);
  }
  add_paragraphs(out, std::string_view{text}.substr(done));
  return out;
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
  if (next_tag(text, 0, tag_kind::block))
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
