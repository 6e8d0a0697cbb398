#include "storage/postgres/statement.hpp"

#include "storage/support/encoding.hpp"

#include <charconv>
#include <stdexcept>

namespace tinybook::storage::postgres {

void binder::bind(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    throw std::invalid_argument("a text holds a NUL");
  add(std::string(text));
}

void binder::bind(optional_text text) {
  if (text.text.empty())
    values_.push_back({"", true});
  else
    bind(text.text);
}

void binder::bind(blob bytes) {
  add("\\x" + hex_encode(bytes.bytes));
}

void binder::bind(std::span<const std::int64_t> numbers) {
  std::string out = "{";
  for (const auto n : numbers) {
    if (out.size() > 1)
      out += ',';
    out += std::to_string(n);
  }
  add(out + '}');
}

std::string_view row::next() {
  const auto field = columns_.at(column_++);
  return field.is_null() ? std::string_view{}
                         : std::string_view(field.c_str(), field.size());
}

std::int64_t row::next_number() {
  const auto text = next();
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument("a column is no whole number");
  return out;
}

bool row::flag() {
  const auto text = next();
  if (text != "t" && text != "f")
    throw std::invalid_argument("a column is no truth value");
  return text == "t";
}

std::string row::text() {
  return std::string(next());
}

std::string row::bytes() {
  const auto text = next();
  auto out = text.starts_with("\\x") ? hex_decode(text.substr(2)) : std::nullopt;
  if (!out)
    throw std::invalid_argument("a column is no bytea in hexadecimal");
  return std::move(*out);
}

} // namespace tinybook::storage::postgres
