#include "http/server/chunked_body.hpp"

#include "http/server/request_head.hpp"
#include "storage/support/encoding.hpp"

#include <algorithm>
#include <cstring>

namespace tinybook::http {

namespace {

constexpr std::uint8_t max_size_digits = 15; // So that no size overflows.
constexpr std::uint32_t max_line_bytes = 1024;
constexpr std::uint32_t max_trailer_bytes = 8192;

bool is_control_but_tab(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

chunked_body::state chunked_body::advance(std::string& buffer, std::size_t& content_end,
                                          std::size_t max_content_bytes) {
  auto result = state::more;
  auto read = content_end;
  while (result == state::more && read < buffer.size()) {
    if (part_ == part::data) {
      auto length = std::min<std::uint64_t>(remaining_, buffer.size() - read);
      std::memmove(buffer.data() + content_end, buffer.data() + read, length);
      content_end += length;
      content_bytes_ += length;
      read += length;
      remaining_ -= length;
      if (remaining_ == 0)
        part_ = part::data_cr;
    } else {
      result = take(buffer[read], max_content_bytes);
      ++read;
    }
  }
  buffer.erase(content_end, read - content_end);
  return result;
}

chunked_body::state chunked_body::take(char c, std::size_t max_content_bytes) {
  switch (part_) {
  case part::size:
    if (hex_value(c) >= 0)
      return take_size(c);
    if (size_digits_ == 0 || remaining_ > max_content_bytes - content_bytes_)
      return size_digits_ == 0 ? state::malformed : state::too_large;
    if (c == '\r')
      part_ = part::size_lf;
    else
      return take_blank(c);
    return state::more;
  case part::blank:
    return take_blank(c);
  case part::extension:
  case part::name:
  case part::name_end:
  case part::value:
  case part::token:
  case part::quoted:
  case part::escaped:
  case part::value_end:
    return take_extension(c);
  case part::size_lf:
    part_ = remaining_ > 0 ? part::data : part::trailer;
    line_bytes_ = 0;
    return c == '\n' ? state::more : state::malformed;
  case part::data_cr:
    part_ = part::data_lf;
    return c == '\r' ? state::more : state::malformed;
  case part::data_lf:
    part_ = part::size;
    size_digits_ = 0;
    return c == '\n' ? state::more : state::malformed;
  case part::trailer:
    return take_trailer(c);
  case part::data:
  case part::done:
    break;
  }
  return state::malformed;
}

chunked_body::state chunked_body::take_size(char c) {
  if (++size_digits_ > max_size_digits)
    return state::malformed;
  remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(c));
  return state::more;
}

chunked_body::state chunked_body::take_blank(char c) {
  part_ = c == ';' ? part::extension : part::blank;
  if (c != ';' && c != ' ' && c != '\t')
    return state::malformed;
  return ++line_bytes_ > max_line_bytes ? state::malformed : state::more;
}

/// RFC 9112, section 7.1.1: `;name`, `;name=token` or `;name="quoted"`.
chunked_body::state chunked_body::take_extension(char c) {
  if (++line_bytes_ > max_line_bytes)
    return state::malformed;
  const bool blank = c == ' ' || c == '\t';
  const auto go = [this](part to) {
    part_ = to;
    return state::more;
  };
  switch (part_) {
  case part::quoted:
    if (c == '"' || c == '\\')
      return go(c == '"' ? part::value_end : part::escaped);
    return is_control_but_tab(c) ? state::malformed : state::more;
  case part::escaped:
    return is_control_but_tab(c) ? state::malformed : go(part::quoted);
  case part::extension:
  case part::value:
    if (blank)
      return state::more;
    if (c == '"' && part_ == part::value)
      return go(part::quoted);
    if (!is_token_char(c))
      return state::malformed;
    return go(part_ == part::value ? part::token : part::name);
  case part::name:
  case part::token:
    if (is_token_char(c))
      return state::more;
    break;
  default:
    if (blank)
      return state::more;
    break;
  }
  const bool named = part_ == part::name || part_ == part::name_end;
  if (c == ';')
    return go(part::extension);
  if (c == '=' && named)
    return go(part::value);
  if (blank)
    return go(named ? part::name_end : part::value_end);
  return c == '\r' && part_ != part::name_end ? go(part::size_lf) : state::malformed;
}

chunked_body::state chunked_body::take_trailer(char c) {
  if (after_cr_ != (c == '\n') || (is_control_but_tab(c) && c != '\r' && c != '\n'))
    return state::malformed;
  after_cr_ = c == '\r';
  if (c == '\r' && line_bytes_ > 0 && !named_)
    return state::malformed;
  if (c != '\r' && c != '\n' && !named_) {
    named_ = c == ':' && line_bytes_ > 0;
    if (!named_ && !is_token_char(c))
      return state::malformed;
  }
  if (c == '\n') {
    named_ = false;
    if (line_bytes_ == 0) {
      part_ = part::done;
      return state::whole;
    }
    line_bytes_ = 0;
    return state::more;
  }
  if (c != '\r')
    ++line_bytes_;
  return ++trailer_bytes_ > max_trailer_bytes ? state::malformed : state::more;
}

} // namespace tinybook::http
