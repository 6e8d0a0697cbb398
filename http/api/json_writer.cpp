#include "http/api/json_writer.hpp"

#include "storage/support/text.hpp"

#include <utf8.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace tinybook::http {

namespace {

constexpr bool stays_in_json(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' && byte != 0x7f;
}

/// In each of eight bytes.
constexpr std::uint64_t in_each(unsigned char byte) {
  return 0x0101'0101'0101'0101U * byte;
}

/// Whether one of the eight is less than `limit`, which is at most 128.
constexpr bool any_below(std::uint64_t eight, unsigned char limit) {
  return ((eight - in_each(limit)) & ~eight & in_each(0x80)) != 0;
}

constexpr bool all_stay_in_json(std::uint64_t eight) {
  return !any_below(eight, 0x20) && !any_below(eight ^ in_each('"'), 1)
         && !any_below(eight ^ in_each('\\'), 1) && !any_below(eight ^ in_each('<'), 1)
         && !any_below(eight ^ in_each(0x7f), 1);
}

/// How many bytes at the front stay as they are.
std::size_t plain_bytes(std::string_view text) {
  std::size_t i = 0;
  for (std::uint64_t eight = 0; text.size() - i >= sizeof eight; i += sizeof eight) {
    std::memcpy(&eight, text.data() + i, sizeof eight);
    if (!all_stay_in_json(eight))
      break;
  }
  while (i < text.size() && stays_in_json(text[i]))
    ++i;
  return i;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    constexpr std::string_view digits = "0123456789abcdef";
    auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  std::string repaired;
  if (!is_utf8(text)) {
    utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(repaired));
    text = repaired;
  }
  out += '"';
  while (true) {
    const auto plain = plain_bytes(text);
    out.append(text, 0, plain);
    if (plain == text.size())
      break;
    append_escaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

// No comma follows an opening bracket or a colon. A string ends with its quote, so that
// looking at the last byte is enough.
void json_writer::separate() {
  if (out_.size() == begin_)
    return;
  auto last = out_.back();
  if (last != '{' && last != '[' && last != ':')
    out_ += ',';
}

json_writer& json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_ += bracket;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::value(bool flag) {
  return raw(flag ? "true" : "false");
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number))
    return null();
  std::array<char, 32> text{};
  auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), number);
  return raw({text.data(), static_cast<std::size_t>(end - text.data())});
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

void write_time(json_writer& w, std::string_view name, wall_time time) {
  w.key(name);
  if (time == wall_time{})
    w.null();
  else
    w.value(format_rfc3339(time));
}

} // namespace tinybook::http
