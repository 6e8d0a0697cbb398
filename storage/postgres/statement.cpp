#include "storage/postgres/statement.hpp"

#include "config/parse_number.hpp"
#include "storage/support/encoding.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

namespace tinybook::storage::postgres {

namespace {

struct to_value {
  value operator()(std::int64_t number) const { return {std::to_string(number)}; }
  value operator()(std::string_view text) const {
    if (text.find('\0') != std::string_view::npos)
      throw std::invalid_argument("a text holds a NUL");
    return {std::string(text)};
  }
  value operator()(optional_text text) const {
    return text.text.empty() ? value{.text = {}, .null = true} : (*this)(text.text);
  }
  value operator()(blob bytes) const { return {"\\x" + hex_encode(bytes.bytes)}; }
  value operator()(parameter::numbers array) const {
    std::string out = "{";
    for (const auto number : array)
      out += (out.size() > 1 ? "," : "") + std::to_string(number);
    return {out + '}'};
  }
};

} // namespace

std::vector<value> as_text(std::span<const parameter> values) {
  std::vector<value> out;
  out.reserve(values.size());
  for (const auto& one : values)
    out.push_back(std::visit(to_value{}, one.value()));
  return out;
}

std::string_view present_row::next() {
  const auto field = columns_.at(column_++);
  return field.is_null() ? std::string_view{}
                         : std::string_view(field.c_str(), field.size());
}

std::int64_t present_row::next_number() {
  const auto number = parse_number<std::int64_t>(next());
  if (!number)
    throw std::invalid_argument("a column is no whole number");
  return *number;
}

bool present_row::flag() {
  const auto text = next();
  if (text != "t" && text != "f")
    throw std::invalid_argument("a column is no truth value");
  return text == "t";
}

std::string present_row::bytes() {
  const auto text = next();
  auto out = text.starts_with("\\x") ? hex_decode(text.substr(2)) : std::nullopt;
  if (!out)
    throw std::invalid_argument("a column is no bytea in hexadecimal");
  return std::move(*out);
}

} // namespace tinybook::storage::postgres
