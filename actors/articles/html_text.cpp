#include "actors/articles/html_text.hpp"

#include "storage/support/text.hpp"

#include <utf8.h>

#include <iterator>

namespace tinybook {

namespace {

std::string escape(std::string_view text, std::string_view which) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 16);
  for (char c : text) {
    if (which.find(c) == std::string_view::npos) {
      escaped += c;
      continue;
    }
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
    default:
      escaped += "&#39;";
    }
  }
  return escaped;
}

} // namespace

std::string escape_html(std::string_view text) {
  return escape(text, "&<>\"'");
}

std::string escape_text(std::string_view text) {
  return escape(text, "&<>");
}

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

std::string one_line(std::string_view text, std::size_t max_code_points) {
  std::string line;
  for (char c : normalised(text)) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return truncate_code_points(trim(line), max_code_points, "…");
}

} // namespace tinybook
