#include "actors/articles/html_policy.hpp"

#include "storage/support/text.hpp"

#include <algorithm>

namespace tinybook {

namespace {

constexpr std::size_t max_href_bytes = 2048;

bool is_web_address(std::string_view rest) {
  return rest.starts_with("//") && rest.size() > 2
         && std::string_view("/\\?#").find(rest[2]) == std::string_view::npos;
}

} // namespace

html_fate fate_of(const GumboElement& element) {
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML)
    return html_fate::drop;
  switch (element.tag) {
  case GUMBO_TAG_P:
  case GUMBO_TAG_BR:
  case GUMBO_TAG_B:
  case GUMBO_TAG_STRONG:
  case GUMBO_TAG_I:
  case GUMBO_TAG_EM:
  case GUMBO_TAG_U:
  case GUMBO_TAG_S:
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_CODE:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_UL:
  case GUMBO_TAG_OL:
  case GUMBO_TAG_LI:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_A:
    return html_fate::keep;
  case GUMBO_TAG_SCRIPT:
  case GUMBO_TAG_STYLE:
  case GUMBO_TAG_TEMPLATE:
  case GUMBO_TAG_IFRAME:
  case GUMBO_TAG_FRAMESET:
  case GUMBO_TAG_NOSCRIPT:
  case GUMBO_TAG_NOEMBED:
  case GUMBO_TAG_NOFRAMES:
  case GUMBO_TAG_OBJECT:
  case GUMBO_TAG_APPLET:
  case GUMBO_TAG_TITLE:
    return html_fate::drop;
  default:
    return html_fate::unwrap;
  }
}

bool is_block(GumboTag tag) {
  switch (tag) {
  case GUMBO_TAG_B:
  case GUMBO_TAG_STRONG:
  case GUMBO_TAG_I:
  case GUMBO_TAG_EM:
  case GUMBO_TAG_U:
  case GUMBO_TAG_S:
  case GUMBO_TAG_CODE:
  case GUMBO_TAG_A:
  case GUMBO_TAG_SPAN:
  case GUMBO_TAG_FONT:
  case GUMBO_TAG_SMALL:
  case GUMBO_TAG_BIG:
  case GUMBO_TAG_SUB:
  case GUMBO_TAG_SUP:
  case GUMBO_TAG_MARK:
  case GUMBO_TAG_DEL:
  case GUMBO_TAG_INS:
  case GUMBO_TAG_STRIKE:
  case GUMBO_TAG_UNKNOWN:
    return false;
  default:
    return true;
  }
}

std::optional<std::string> safe_href(std::string_view value) {
  // Browsers drop these before they look for the scheme: "java\nscript:" is a script.
  std::string href;
  std::ranges::copy_if(value, std::back_inserter(href),
                       [](char c) { return c != '\t' && c != '\n' && c != '\r'; });
  while (!href.empty() && static_cast<unsigned char>(href.front()) <= ' ')
    href.erase(href.begin());
  while (!href.empty() && static_cast<unsigned char>(href.back()) <= ' ')
    href.pop_back();
  if (href.size() > max_href_bytes || !is_clean_text(href, line_breaks::refused))
    return std::nullopt;
  const auto colon = href.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  const auto scheme = lower_ascii(std::string_view(href).substr(0, colon));
  const auto rest = std::string_view(href).substr(colon + 1);
  const bool safe = scheme == "mailto"
                        ? !rest.empty()
                        : (scheme == "http" || scheme == "https") && is_web_address(rest);
  return safe ? std::optional(std::move(href)) : std::nullopt;
}

} // namespace tinybook
