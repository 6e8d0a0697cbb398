#include "http/server/request_scanner.hpp"

namespace tinybook::http {

namespace {

constexpr std::size_t max_method_bytes = 32;
// RFC 9112, section 2.2 asks servers to skip an empty line before a request.
constexpr std::uint8_t max_empty_lines = 4;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

} // namespace

request_scanner::state request_scanner::advance(std::string& buffer, std::size_t begin,
                                                const scan_limits& limits) {
  if (state_ == state::empty && buffer.size() > begin)
    state_ = state::head;
  if (state_ == state::head)
    scan_head(std::string_view{buffer}.substr(begin), limits);
  if (state_ == state::body)
    scan_body(buffer, begin);
  return state_;
}

void request_scanner::scan_head(std::string_view bytes, const scan_limits& limits) {
  for (; state_ == state::head && scanned_ < bytes.size(); ++scanned_) {
    auto code = check_byte(bytes, limits);
    if (code == errc::none && bytes[scanned_] == '\n')
      code = end_line(bytes, limits);
    if (code != errc::none)
      return refuse(code);
  }
}

errc request_scanner::check_byte(std::string_view bytes, const scan_limits& limits) {
  if (scanned_ >= limits.max_head_bytes)
    return errc::head_too_large;
  auto c = bytes[scanned_];
  auto after_cr = scanned_ > line_begin_ && bytes[scanned_ - 1] == '\r';
  if (after_cr != (c == '\n')) // A bare CR, or a bare LF.
    return errc::bad_request;
  if (is_control(c) && c != '\r' && c != '\n' && c != '\t')
    return errc::bad_request;
  return head_.has_request_line() ? errc::none : check_request_line_byte(c, limits);
}

errc request_scanner::check_request_line_byte(char c, const scan_limits& limits) {
  if (c == ' ') {
    ++spaces_;
    if (spaces_ == 1)
      target_begin_ = scanned_ + 1;
    return errc::none;
  }
  if (spaces_ == 0 && scanned_ - line_begin_ >= max_method_bytes)
    return errc::bad_request;
  if (spaces_ == 1 && scanned_ - target_begin_ >= limits.max_uri_bytes)
    return errc::uri_too_long;
  return errc::none;
}

errc request_scanner::end_line(std::string_view bytes, const scan_limits& limits) {
  auto line = bytes.substr(line_begin_, scanned_ - line_begin_ - 1);
  auto at = static_cast<std::uint32_t>(line_begin_);
  line_begin_ = scanned_ + 1;
  if (!head_.has_request_line()) {
    if (!line.empty())
      return head_.read_request_line(line, at);
    return ++empty_lines_ > max_empty_lines ? errc::bad_request : errc::none;
  }
  if (line.empty())
    return end_head(bytes.data(), limits);
  if (head_.headers.size() >= limits.max_headers)
    return errc::head_too_large;
  return head_.read_header_line(line, at);
}

errc request_scanner::end_head(const char* base, const scan_limits& limits) {
  head_bytes_ = line_begin_;
  if (auto code = head_.check_whole(); code != errc::none)
    return code;
  max_body_bytes_ = limits.max_body_bytes(head_.method.in(base), head_.path(base));
  if (head_.content_length() > max_body_bytes_)
    return errc::body_too_large;
  state_ = state::body;
  return errc::none;
}

void request_scanner::scan_body(std::string& buffer, std::size_t begin) {
  if (!head_.is_chunked()) {
    body_bytes_ = static_cast<std::size_t>(head_.content_length());
    if (buffer.size() - begin - head_bytes_ >= body_bytes_)
      state_ = state::whole;
    return;
  }
  auto body_begin = begin + head_bytes_;
  auto content_end = body_begin + body_bytes_;
  auto result = chunks_.advance(buffer, content_end, max_body_bytes_);
  body_bytes_ = content_end - body_begin;
  if (result == chunked_body::state::whole)
    state_ = state::whole;
  else if (result == chunked_body::state::malformed)
    refuse(errc::bad_request);
  else if (result == chunked_body::state::too_large)
    refuse(errc::body_too_large);
}

void request_scanner::refuse(errc code) {
  state_ = state::refused;
  refusal_ = code;
}

void request_scanner::reset() {
  auto head = std::move(head_);
  head.clear();
  *this = request_scanner{};
  head_ = std::move(head); // Keeps the memory of its list of headers.
}

} // namespace tinybook::http
