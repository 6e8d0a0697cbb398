#include "http/server/request_head.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook::http {

namespace {

/// RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> marked{};
  for (char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"})
    marked[static_cast<unsigned char>(c)] = true;
  return marked;
}

constexpr auto token_table = make_token_table();

bool is_token(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, is_token_char);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Each % is followed by two hexadecimal digits.
bool is_percent_encoded(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos;
       at = text.find('%', at + 1))
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]))
      return false;
  return true;
}

/// A target in absolute form that names no host.
bool lacks_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      return target.size() == scheme.size() || target[scheme.size()] == '/'
             || target[scheme.size()] == '?';
  return false;
}

/// RFC 9110, section 7.2, but not empty: a name or an address, and maybe a port.
bool is_host(std::string_view value) {
  const bool address = value.starts_with('[');
  const auto end = address ? value.find(']') : std::min(value.find(':'), value.size());
  if (end == std::string_view::npos || end == 0)
    return false;
  const auto host = address ? value.substr(1, end - 1) : value.substr(0, end);
  auto port = value.substr(address ? end + 1 : end);
  constexpr std::string_view of_address = "0123456789abcdefABCDEF:.";
  const bool good = address ? host.find_first_not_of(of_address) == std::string_view::npos
                            : std::ranges::all_of(host, [](char c) {
                                return is_token_char(c)
                                           ? c != '^' && c != '`' && c != '|' && c != '#'
                                           : std::string_view("(),;=").find(c)
                                                 != std::string_view::npos;
                              });
  if (host.empty() || !good || !is_percent_encoded(host))
    return false;
  if (port.empty())
    return true;
  return port.front() == ':' && port.size() <= 6
         && std::ranges::all_of(port.substr(1), is_digit);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

text_span span_of(std::string_view part, std::string_view line, std::uint32_t at) {
  return {at + static_cast<std::uint32_t>(part.data() - line.data()),
          static_cast<std::uint32_t>(part.size())};
}

} // namespace

bool is_token_char(char c) {
  return token_table[static_cast<unsigned char>(c)];
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view origin_form(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      continue;
    auto slash = target.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

errc request_head::read_request_line(std::string_view line, std::uint32_t at) {
  auto first = line.find(' ');
  auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos)
    return errc::bad_request;
  auto verb = line.substr(0, first);
  auto uri = line.substr(first + 1, second - first - 1);
  auto version = line.substr(second + 1);
  if (!is_token(verb) || uri.empty() || lacks_authority(uri)
      || uri.find('\t') != std::string_view::npos)
    return errc::bad_request;
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return errc::bad_request;
  minor_version_ = version.back() == '1' ? 1 : 0;
  method = span_of(verb, line, at);
  target = span_of(uri, line, at);
  return errc::none;
}

errc request_head::read_header_line(std::string_view line, std::uint32_t at) {
  auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return errc::bad_request;
  auto name = line.substr(0, colon);
  auto value = trim(line.substr(colon + 1));
  headers.push_back({span_of(name, line, at), span_of(value, line, at)});
  return note_header(name, value);
}

errc request_head::note_header(std::string_view name, std::string_view value) {
  switch (name.size()) { // Cheap, for few headers concern the framing.
  case 4:
    if (equal_ignoring_case(name, "host")
        && (std::exchange(has_host_, true) || !is_host(value)))
      return errc::bad_request;
    break;
  case 6:
    if (equal_ignoring_case(name, "expect"))
      says_continue_ = equal_ignoring_case(value, "100-continue");
    break;
  case 10:
    if (equal_ignoring_case(name, "connection"))
      note_connection(value);
    break;
  case 14:
    if (equal_ignoring_case(name, "content-length"))
      return note_content_length(value);
    break;
  case 17:
    if (equal_ignoring_case(name, "transfer-encoding")) {
      chunked_ = equal_ignoring_case(value, "chunked");
      if (std::exchange(has_transfer_encoding_, true) || !chunked_)
        return errc::bad_request;
    }
    break;
  default:
    break;
  }
  return errc::none;
}

errc request_head::note_content_length(std::string_view value) {
  if (std::exchange(has_content_length_, true) || value.empty())
    return errc::bad_request;
  constexpr std::uint64_t ceiling = std::uint64_t{1} << 60;
  for (char c : value) {
    if (c < '0' || c > '9')
      return errc::bad_request;
    // Stops counting far above every limit, so that no number of digits overflows.
    if (content_length_ < ceiling / 16)
      content_length_ = content_length_ * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return errc::none;
}

void request_head::note_connection(std::string_view value) {
  while (!value.empty()) {
    auto comma = std::min(value.find(','), value.size());
    auto option = trim(value.substr(0, comma));
    close_ = close_ || equal_ignoring_case(option, "close");
    keep_alive_ = keep_alive_ || equal_ignoring_case(option, "keep-alive");
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

errc request_head::check_whole() const {
  // RFC 9112, section 3.2.
  if (!has_host_ && !is_http_1_0())
    return errc::bad_request;
  // Both, or chunks in HTTP/1.0, is how requests are smuggled past a proxy.
  if (has_transfer_encoding_ && (has_content_length_ || is_http_1_0()))
    return errc::bad_request;
  return errc::none;
}

std::string_view request_head::path(const char* base) const {
  auto whole = origin_form(target.in(base));
  return whole.substr(0, whole.find('?'));
}

void request_head::clear() {
  auto kept = std::move(headers);
  kept.clear();
  *this = request_head{};
  headers = std::move(kept);
}

} // namespace tinybook::http
