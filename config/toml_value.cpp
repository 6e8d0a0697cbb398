#include "config/toml_value.hpp"

#include "config/key_check.hpp"

#include <sstream>

namespace tinybook::config {

namespace {

constexpr std::size_t longest_shown = 80;

std::optional<value> texts_from(const toml::node& node) {
  const auto* array = node.as_array();
  if (array == nullptr)
    return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr)
      return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

} // namespace

std::optional<value> value_from(const key& k, const toml::node& node) {
  const auto* text = node.as_string();
  const auto* number = node.as_integer();
  switch (k.type) {
  case value_type::boolean:
    if (const auto* flag = node.as_boolean())
      return flag->get();
    return std::nullopt;
  case value_type::integer:
    return number == nullptr ? std::nullopt : std::optional<value>{number->get()};
  case value_type::real:
    if (number != nullptr)
      return static_cast<double>(number->get());
    if (const auto* real = node.as_floating_point())
      return real->get();
    return std::nullopt;
  case value_type::bytes:
    if (number != nullptr)
      return number->get();
    [[fallthrough]];
  case value_type::duration:
  case value_type::word:
  case value_type::text:
    return text == nullptr ? std::nullopt : from_text(k, text->get());
  case value_type::texts:
    return texts_from(node);
  }
  return std::nullopt;
}

std::optional<value> value_from_toml(const key& k, std::string_view toml) {
  try {
    const auto table = toml::parse("value = " + std::string{toml});
    const auto* node = table.get("value");
    return node == nullptr ? std::nullopt : value_from(k, *node);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

std::string shown(const toml::node& node) {
  if (node.is_table())
    return "a table";
  std::string text;
  if (const auto* string = node.as_string()) {
    text = quote(string->get());
  } else {
    std::ostringstream out;
    node.visit([&out](const auto& n) { out << n; });
    text = out.str();
  }
  if (text.size() > longest_shown)
    text = text.substr(0, longest_shown) + "…";
  return text;
}

} // namespace tinybook::config
