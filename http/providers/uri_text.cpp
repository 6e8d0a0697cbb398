#include "http/providers/uri_text.hpp"

#include "http/api/text_tools.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
         || c == '-' || c == '_' || c == '.' || c == '~';
}

std::string decode_field(std::string_view text) {
  std::string with_blanks{text};
  std::ranges::replace(with_blanks, '+', ' ');
  return percent_decode(with_blanks);
}

} // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4];
    encoded += digits[byte & 0xF];
  }
  return encoded;
}

std::string encode_pairs(const std::map<std::string, std::string, std::less<>>& pairs) {
  std::string encoded;
  for (const auto& [name, value] : pairs) {
    encoded += encoded.empty() ? "" : "&";
    encoded += percent_encode(name) + '=' + percent_encode(value);
  }
  return encoded;
}

std::map<std::string, std::string, std::less<>> decode_form(std::string_view body) {
  std::map<std::string, std::string, std::less<>> fields;
  while (!body.empty()) {
    auto value = take_until(body, '&');
    const auto name = take_until(value, '=');
    if (!name.empty())
      fields.insert_or_assign(decode_field(name), decode_field(value));
  }
  return fields;
}

} // namespace tinybook::http
