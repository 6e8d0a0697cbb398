#include "actors/articles/html_text.hpp"

#include "storage/support/text.hpp"

#include <utf8.h>

#include <algorithm>
#include <iterator>

namespace tinybook {

namespace {

/// Empty for what stays as it is.
std::string_view entity_of(char c, bool quotes) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return quotes ? "&quot;" : "";
  case '\'':
    return quotes ? "&#39;" : "";
  default:
    return "";
  }
}

std::string escape(std::string_view text, bool quotes) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 16);
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (const auto entity = entity_of(text[i], quotes); !entity.empty()) {
      escaped.append(text, done, i - done) += entity;
      done = i + 1;
    }
  return escaped.append(text, done);
}

} // namespace

std::string escape_html(std::string_view text) {
  return escape(text, true);
}

std::string escape_text(std::string_view text) {
  return escape(text, false);
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

std::string cut_off(std::string_view line, std::size_t max_code_points) {
  constexpr std::string_view mark = "…";
  constexpr std::size_t longest_word = 20;
  auto cut = truncate_code_points(line, max_code_points, mark);
  if (cut == line || cut.empty())
    return cut;
  const auto kept = cut.size() - mark.size();
  const auto blank = cut.rfind(' ');
  if (blank == std::string::npos || line[kept] == ' ')
    return cut;
  const auto word = std::string_view{cut}.substr(blank + 1, kept - blank - 1);
  // From U+3000 on, the first byte of which is this, words have no blanks between them.
  const auto has_none = [](char c) {
    return static_cast<unsigned char>(c) >= 0xe3;
  };
  if (count_code_points(word) > longest_word || std::ranges::any_of(word, has_none))
    return cut;
  return cut.substr(0, blank).append(mark);
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
  return cut_off(trim(line), max_code_points);
}

} // namespace tinybook
