#include "http/api/text_tools.hpp"

#include "storage/support/encoding.hpp"

#include <charconv>

namespace tinybook::http {

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
