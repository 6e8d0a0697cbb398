#include "actors/articles/html_policy.hpp"

#include "actors/articles/html_text.hpp"
#include "storage/support/text.hpp"

#include <algorithm>

namespace tinybook {

namespace {

constexpr std::size_t max_address_bytes = 2048;
constexpr std::size_t max_alt_code_points = 500;
constexpr std::size_t max_language_bytes = 32;

bool is_web_address(std::string_view rest) {
  return rest.starts_with("//") && rest.size() > 2
         && std::string_view("/\\?#").find(rest[2]) == std::string_view::npos;
}

/// An absolute address of one of our schemes, as a browser would read it (white space
/// around it and line breaks within it are not part of it); nothing for all others.
struct web_address {
  std::string scheme;
  std::string text;
};

std::optional<web_address> read_address(std::string_view value) {
  // Browsers drop these before they look for the scheme: "java\nscript:" is a script.
  std::string text;
  std::ranges::copy_if(value, std::back_inserter(text),
                       [](char c) { return c != '\t' && c != '\n' && c != '\r'; });
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
    text.erase(text.begin());
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
    text.pop_back();
  if (!is_clean_text(text, line_breaks::refused))
    return std::nullopt;
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  auto scheme = lower_ascii(std::string_view(text).substr(0, colon));
  const auto rest = std::string_view(text).substr(colon + 1);
  const bool good = scheme == "mailto"
                        ? !rest.empty()
                        : (scheme == "http" || scheme == "https") && is_web_address(rest);
  return good ? std::optional(web_address{std::move(scheme), std::move(text)})
              : std::nullopt;
}

std::string_view attribute(const GumboElement& element, const char* name) {
  const auto* found = gumbo_get_attribute(&element.attributes, name);
  return found != nullptr ? std::string_view{found->value} : std::string_view{};
}

failure beyond_limit(field_rule rule, std::size_t limit) {
  return field_error{"content", rule, static_cast<std::int64_t>(limit)};
}

result<std::optional<std::string>> link_tag(const GumboElement& element) {
  const auto to = read_address(attribute(element, "href"));
  if (!to)
    return std::optional<std::string>{};
  if (to->text.size() > max_address_bytes)
    return beyond_limit(field_rule::address_too_long, max_address_bytes);
  return std::optional{"<a href=\"" + escape_html(to->text)
                       + "\" rel=\"nofollow noopener\">"};
}

/// Over https only, for anybody on the way could put another picture in its place.
result<std::optional<std::string>> image_tag(const GumboElement& element) {
  const auto from = read_address(attribute(element, "src"));
  if (!from || from->scheme != "https")
    return std::optional<std::string>{};
  if (from->text.size() > max_address_bytes)
    return beyond_limit(field_rule::address_too_long, max_address_bytes);
  const auto given = attribute(element, "alt");
  const auto alt = one_line(given, given.size());
  if (count_code_points(alt) > max_alt_code_points)
    return beyond_limit(field_rule::alt_too_long, max_alt_code_points);
  return std::optional{"<img src=\"" + escape_html(from->text) + "\" alt=\""
                       + escape_html(alt) + "\">"};
}

/// Of the classes of a code the language, as highlighters read it.
std::string code_tag(const GumboElement& element) {
  constexpr std::string_view prefix = "language-";
  auto classes = attribute(element, "class");
  while (!classes.empty()) {
    const auto end = std::min(classes.find_first_of(" \t\n\f"), classes.size());
    const auto one = classes.substr(0, end);
    classes.remove_prefix(std::min(end + 1, classes.size()));
    if (!one.starts_with(prefix) || one.size() == prefix.size()
        || one.size() > prefix.size() + max_language_bytes)
      continue;
    const auto is_plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
             || std::string_view("+-#._").find(c) != std::string_view::npos;
    };
    if (std::ranges::all_of(one, is_plain))
      return "<code class=\"" + std::string(one) + "\">";
  }
  return "<code>";
}

} // namespace

html_fate fate_of(const GumboElement& element) {
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML)
    return html_fate::drop;
  switch (element.tag) {
  case GUMBO_TAG_P:
  case GUMBO_TAG_BR:
  case GUMBO_TAG_HR:
  case GUMBO_TAG_B:
  case GUMBO_TAG_STRONG:
  case GUMBO_TAG_I:
  case GUMBO_TAG_EM:
  case GUMBO_TAG_U:
  case GUMBO_TAG_S:
  case GUMBO_TAG_SUB:
  case GUMBO_TAG_SUP:
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
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
  case GUMBO_TAG_TABLE:
  case GUMBO_TAG_CAPTION:
  case GUMBO_TAG_THEAD:
  case GUMBO_TAG_TBODY:
  case GUMBO_TAG_TFOOT:
  case GUMBO_TAG_TR:
  case GUMBO_TAG_TH:
  case GUMBO_TAG_TD:
  case GUMBO_TAG_A:
  case GUMBO_TAG_IMG:
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
  case GUMBO_TAG_ADDRESS:
  case GUMBO_TAG_ARTICLE:
  case GUMBO_TAG_ASIDE:
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_BODY:
  case GUMBO_TAG_CAPTION:
  case GUMBO_TAG_CENTER:
  case GUMBO_TAG_DD:
  case GUMBO_TAG_DETAILS:
  case GUMBO_TAG_DIR:
  case GUMBO_TAG_DIV:
  case GUMBO_TAG_DL:
  case GUMBO_TAG_DT:
  case GUMBO_TAG_FIELDSET:
  case GUMBO_TAG_FIGCAPTION:
  case GUMBO_TAG_FIGURE:
  case GUMBO_TAG_FOOTER:
  case GUMBO_TAG_FORM:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
  case GUMBO_TAG_HEADER:
  case GUMBO_TAG_HGROUP:
  case GUMBO_TAG_HR:
  case GUMBO_TAG_HTML:
  case GUMBO_TAG_LEGEND:
  case GUMBO_TAG_LI:
  case GUMBO_TAG_LISTING:
  case GUMBO_TAG_MAIN:
  case GUMBO_TAG_MARQUEE:
  case GUMBO_TAG_MENU:
  case GUMBO_TAG_MENUITEM:
  case GUMBO_TAG_MULTICOL:
  case GUMBO_TAG_NAV:
  case GUMBO_TAG_OL:
  case GUMBO_TAG_OPTGROUP:
  case GUMBO_TAG_OPTION:
  case GUMBO_TAG_P:
  case GUMBO_TAG_PLAINTEXT:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_SECTION:
  case GUMBO_TAG_SUMMARY:
  case GUMBO_TAG_TABLE:
  case GUMBO_TAG_TBODY:
  case GUMBO_TAG_TD:
  case GUMBO_TAG_TFOOT:
  case GUMBO_TAG_TH:
  case GUMBO_TAG_THEAD:
  case GUMBO_TAG_TR:
  case GUMBO_TAG_UL:
  case GUMBO_TAG_XMP:
    return true;
  default:
    return false;
  }
}

bool is_text_block(GumboTag tag) {
  switch (tag) {
  case GUMBO_TAG_P:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
    return true;
  default:
    return false;
  }
}

bool is_void(GumboTag tag) {
  return tag == GUMBO_TAG_BR || tag == GUMBO_TAG_HR || tag == GUMBO_TAG_IMG;
}

result<std::optional<std::string>> start_tag(const GumboElement& element) {
  switch (element.tag) {
  case GUMBO_TAG_A:
    return link_tag(element);
  case GUMBO_TAG_IMG:
    return image_tag(element);
  case GUMBO_TAG_CODE:
    return std::optional{code_tag(element)};
  default:
    return std::optional{std::string{"<"} + gumbo_normalized_tagname(element.tag) + ">"};
  }
}

} // namespace tinybook
