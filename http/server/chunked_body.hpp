#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tinybook::http {

/// Undoes the chunked transfer coding (RFC 9112, section 7.1) byte by byte and in place,
/// so that a body of many tiny chunks needs no more memory than its content. Chunk
/// extensions and trailers are skipped, but must be well-formed: what two readers could
/// understand differently is refused.
class chunked_body {
 public:
  enum class state : std::uint8_t { more, whole, malformed, too_large };

  /// `buffer` holds the content so far, up to `content_end`, then the raw bytes that came
  /// in since. Moves `content_end` to the new end of the content; after it stays what
  /// came after the body (nothing, while the result is `more`). The result depends on the
  /// bytes only, not on how they were split over calls.
  [[nodiscard]] state advance(std::string& buffer, std::size_t& content_end,
                              std::size_t max_content_bytes);

 private:
  enum class part : std::uint8_t {
    size,
    blank,     ///< After the size; only an extension may follow.
    extension, ///< After a semicolon, before the name.
    name,
    name_end, ///< Blanks after the name.
    value,    ///< After the equals sign.
    token,
    quoted,
    escaped,   ///< After a backslash in quotes.
    value_end, ///< After the value.
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer,
    done
  };

  [[nodiscard]] state take(char c, std::size_t max_content_bytes);
  [[nodiscard]] state take_size(char c);
  [[nodiscard]] state take_blank(char c);
  [[nodiscard]] state take_extension(char c);
  [[nodiscard]] state take_trailer(char c);

  std::uint64_t remaining_ = 0;  ///< Of the current chunk.
  std::uint32_t line_bytes_ = 0; ///< Of the current size or trailer line.
  std::uint32_t trailer_bytes_ = 0;
  std::size_t content_bytes_ = 0;
  std::uint8_t size_digits_ = 0;
  part part_ = part::size;
  bool after_cr_ = false;
  bool named_ = false; ///< The current trailer line has its colon.
};

} // namespace tinybook::http
