#pragma once

#include "storage/support/calendar.hpp"

#include <concepts>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Appends `text` as a JSON string. What is not UTF-8 becomes U+FFFD, so that the output
/// is always valid; control characters and `<` are escaped (safe inside a page, too).
void append_json_string(std::string& out, std::string_view text);

/// Appends JSON to a string, with commas where they belong. The caller must close what it
/// opens.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out), begin_(out.size()) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name);
  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  json_writer& value(bool flag);
  json_writer& value(double number); ///< Not finite = null.
  json_writer& null();
  template <std::integral T>
  json_writer& value(T number) {
    separate();
    out_ += std::to_string(number);
    return *this;
  }

  /// `json` is JSON already.
  json_writer& raw(std::string_view json);

  template <class T>
  json_writer& member(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void separate();

  std::string& out_;
  std::size_t begin_;
};

/// A time as RFC 3339; null for the epoch, which means none.
void write_time(json_writer& w, std::string_view name, wall_time time);

} // namespace tinybook::http
