#include "http/api/json_writer.hpp"

#include "storage/support/text.hpp"

#include <utf8.h>

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace tinybook::http {

namespace {

/// By byte: all but what is escaped.
constexpr auto stays_in_json = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < table.size(); ++c)
    table[c] = c != '"' && c != '\\' && c != '<' && c != 0x7f;
  return table;
}();

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
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (stays_in_json[static_cast<unsigned char>(text[i])])
      continue;
    out.append(text, done, i - done);
    append_escaped(out, text[i]);
    done = i + 1;
  }
  out.append(text, done);
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
