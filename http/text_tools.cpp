#include "http/text_tools.hpp"

#include "storage/support/encoding.hpp"
#include "storage/support/text.hpp"

#include <algorithm>
#include <charconv>

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

std::string_view take_until(std::string_view& rest, char separator) {
  auto end = rest.find(separator);
  auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

std::string_view trim_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

double quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    auto one = trim_blanks(take_until(parameters, ';'));
    if (!one.starts_with("q=") && !one.starts_with("Q="))
      continue;
    double q = 0;
    auto [at, ec] = std::from_chars(one.data() + 2, one.data() + one.size(), q);
    return ec == std::errc{} && q >= 0 && q <= 1 ? q : 0;
  }
  return 1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

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

std::string fill_in(std::string_view text,
                    std::initializer_list<std::string_view> values) {
  std::string out;
  const auto* next = values.begin();
  std::string_view number;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos)
      break;
    const auto braced = text.substr(0, close + 1);
    const auto inside = text.substr(1, close - 1);
    if (inside.empty() && next != values.end())
      out += number = *next++;
    else if (inside.find('|') != std::string_view::npos)
      out += plural_form(inside, number);
    else
      out += braced;
    text.remove_prefix(braced.size());
  }
  return out.append(text);
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

bool is_origin_of(std::string_view origin, std::string_view host) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && origin.substr(scheme + 3) == host;
}

parsed_integer parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  auto [at, ec] = std::from_chars(text.data(), end, value);
  if (at != end || text.empty() || ec == std::errc::invalid_argument)
    return {parsed_integer::outcome::not_a_number, 0};
  if (ec == std::errc::result_out_of_range)
    return {parsed_integer::outcome::out_of_range, text.front() == '-' ? -1 : 1};
  return {parsed_integer::outcome::ok, value};
}

} // namespace tinybook::http
