#pragma once

#include "storage/errc.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// A part of a request, by its place relative to the request's first byte: the buffer
/// that holds it may move.
struct text_span {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;

  /// `base` is the request's first byte.
  [[nodiscard]] std::string_view in(const char* base) const {
    return {base + offset, length};
  }
};

struct header_span {
  text_span name;
  text_span value; ///< Without surrounding blanks.
};

/// The head of a request as far as it was read, and what it says about the message.
/// Strict where leniency lets two readers see different requests (RFC 9112, sections 2.2,
/// 3, 5, 6).
class request_head {
 public:
  text_span method;
  text_span target;
  std::vector<header_span> headers;

  /// Reads a whole request line; returns `errc::bad_request` or `errc::none`.
  [[nodiscard]] errc read_request_line(std::string_view line, std::uint32_t at);

  /// Reads a whole header line; returns `errc::bad_request` or `errc::none`.
  [[nodiscard]] errc read_header_line(std::string_view line, std::uint32_t at);

  /// Checks that the head, now whole, names its host where it must and frames its body in
  /// one way only.
  [[nodiscard]] errc check_whole() const;

  /// The target without its query and without scheme and authority.
  [[nodiscard]] std::string_view path(const char* base) const;

  [[nodiscard]] bool has_request_line() const { return method.length > 0; }
  [[nodiscard]] bool is_chunked() const { return chunked_; }
  [[nodiscard]] std::uint64_t content_length() const { return content_length_; }
  [[nodiscard]] bool is_http_1_0() const { return minor_version_ == 0; }
  /// Whether the connection may serve another request after this one.
  [[nodiscard]] bool keeps_alive() const {
    return !close_ && (minor_version_ == 1 || keep_alive_);
  }
  /// Also true for HTTP/1.0, which does not know the header.
  [[nodiscard]] bool says_continue() const { return says_continue_; }
  [[nodiscard]] bool expects_continue() const {
    return says_continue_ && minor_version_ == 1;
  }

  void clear();

 private:
  [[nodiscard]] errc note_header(std::string_view name, std::string_view value);
  [[nodiscard]] errc note_content_length(std::string_view value);
  void note_connection(std::string_view value);

  std::uint64_t content_length_ = 0;
  std::uint8_t minor_version_ = 1;
  bool has_content_length_ = false;
  bool has_transfer_encoding_ = false;
  bool has_host_ = false;
  bool chunked_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool says_continue_ = false;
};

/// Whether `c` may stand in a token, such as a method or the name of a header (RFC 9110,
/// section 5.6.2).
[[nodiscard]] bool is_token_char(char c);

/// Whether two words are equal but for ASCII case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// A target in absolute form (`http://host/path`) without its scheme and authority; any
/// other as it is (RFC 9112, section 3.2.2 asks servers to take both).
[[nodiscard]] std::string_view origin_form(std::string_view target);

} // namespace tinybook::http
