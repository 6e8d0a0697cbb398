#pragma once

#include "http/server/chunked_body.hpp"
#include "http/server/request_head.hpp"
#include "storage/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tinybook::http {

struct scan_limits {
  std::size_t max_head_bytes = 0;
  std::size_t max_headers = 0;
  std::size_t max_uri_bytes = 0;
  std::function<std::size_t(std::string_view method, std::string_view path)>
      max_body_bytes;
};

/// Decides whether a whole request has arrived. Looks at each byte once, however slowly
/// they come, and depends on the bytes only: not on how they were split, nor on a clock.
class request_scanner {
 public:
  enum class state : std::uint8_t {
    empty,   ///< Nothing of a request yet.
    head,    ///< A part of the head.
    body,    ///< The head, and a part of the body.
    whole,   ///< Head and body; more may follow.
    refused, ///< See `refusal`; the connection cannot be understood from here on.
  };

  /// Scans on: the request begins at `buffer[begin]`, earlier calls saw a part of it.
  /// Undoes chunked coding within `buffer`.
  state advance(std::string& buffer, std::size_t begin, const scan_limits& limits);

  /// bad_request, uri_too_long, head_too_large or body_too_large.
  [[nodiscard]] errc refusal() const { return refusal_; }

  /// As much of the head as was read in whole lines. Spans count from the request's first
  /// byte.
  [[nodiscard]] const request_head& head() const { return head_; }
  [[nodiscard]] std::size_t head_bytes() const { return head_bytes_; }
  /// Of a whole request; the body follows the head.
  [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }

  /// Gets ready for the next request.
  void reset();

 private:
  void scan_head(std::string_view bytes, const scan_limits& limits);
  [[nodiscard]] errc check_byte(std::string_view bytes, const scan_limits& limits);
  [[nodiscard]] errc check_request_line_byte(char c, const scan_limits& limits);
  [[nodiscard]] errc end_line(std::string_view bytes, const scan_limits& limits);
  [[nodiscard]] errc end_head(const char* base, const scan_limits& limits);
  void scan_body(std::string& buffer, std::size_t begin);
  void refuse(errc code);

  request_head head_;
  chunked_body chunks_;
  std::size_t scanned_ = 0;    ///< Bytes of the request looked at, while in the head.
  std::size_t line_begin_ = 0; ///< Of the current head line.
  std::size_t target_begin_ = 0;
  std::size_t head_bytes_ = 0;
  std::size_t body_bytes_ = 0; ///< While chunked: decoded so far.
  std::size_t max_body_bytes_ = 0;
  std::uint8_t empty_lines_ = 0;
  std::uint8_t spaces_ = 0; ///< In the request line so far.
  state state_ = state::empty;
  errc refusal_ = errc::none;
};

} // namespace tinybook::http
