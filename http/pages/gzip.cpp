#include "http/pages/gzip.hpp"

#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"

#include <stdexcept>
#include <zlib.h>

namespace tinybook::http {

std::string gzip(std::string_view plain, int level) {
  constexpr int with_gzip_header = 16;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + with_gzip_header,
                   MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY)
      != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  std::string in{plain}; // zlib's interface does not promise to leave its input alone.
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const auto ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END)
    throw std::runtime_error("the page could not be compressed");
  return out;
}

zipped_text::zipped_text(std::string text, int level)
    : plain(std::move(text)),
      zipped(gzip(plain, level)),
      hash(sha256_hex(plain).substr(0, 12)) {}

bool accepts_gzip(std::string_view header) {
  while (!header.empty()) {
    auto parameters = take_until(header, ',');
    const auto name = trim_blanks(take_until(parameters, ';'));
    if (name == "gzip" || name == "*")
      return quality_of(parameters) > 0;
  }
  return false;
}

} // namespace tinybook::http
