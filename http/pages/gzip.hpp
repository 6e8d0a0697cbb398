#pragma once

#include <string>
#include <string_view>

namespace tinybook::http {

/// `plain` as one gzip member (RFC 1952), without name and time. `level`: 1 (quick) to 9
/// (small).
[[nodiscard]] std::string gzip(std::string_view plain, int level);

/// A text that many get: compressed once.
struct zipped_text {
  zipped_text() = default;
  /// `level`: as of `gzip`.
  zipped_text(std::string text, int level);

  std::string plain;
  std::string zipped;
  std::string hash; ///< 12 hexadecimal digits of its SHA-256.
};

/// Whether an `Accept-Encoding` header takes gzip.
[[nodiscard]] bool accepts_gzip(std::string_view header);

} // namespace tinybook::http
