#include "http/pages/plain_articles.hpp"

#include "actors/articles/html_text.hpp"
#include "http/text_tools.hpp"

#include <array>
#include <utility>

namespace tinybook::http {

namespace {

bool has_tag(std::string_view text) {
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/'
        || next == '!')
      return true;
  }
  return false;
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
  if (has_tag(typed))
    return std::string{typed};
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
    out += escape_text(line);
    open = true;
  }
  return out + (open ? "</p>" : "");
}

std::string html_as_typed(std::string_view html) {
  auto text = replaced(html, "</p><p>", "\n\n");
  text = replaced(text, "</p>\n<p>", "\n\n");
  text = replaced(text, "<br>", "\n");
  if (text.starts_with("<p>") && text.ends_with("</p>")) {
    text.erase(text.size() - 4);
    text.erase(0, 3);
  }
  if (has_tag(text))
    return std::string{html};
  constexpr auto entities = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}});
  for (const auto& [entity, sign] : entities)
    text = replaced(text, entity, sign);
  return typed_as_html(text) == html ? text : std::string{html};
}

std::string with_lazy_pictures(std::string_view cleaned) {
  return replaced(
      cleaned, "<img ",
      R"(<img loading="lazy" decoding="async" referrerpolicy="no-referrer" )");
}

} // namespace tinybook::http
