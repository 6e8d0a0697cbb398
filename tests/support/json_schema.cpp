#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace tinybook::test {

using nlohmann::json;

namespace {

bool is_of_type(const json& value, const json& type) {
  if (type.is_array())
    return std::ranges::any_of(type,
                               [&](const json& one) { return is_of_type(value, one); });
  if (type == "integer")
    return value.is_number_integer();
  return type == value.type_name();
}

std::string fault_of_members(const json_schema& with, const json& value,
                             const json& properties) {
  for (const auto& [name, member] : properties.items())
    if (value.contains(name))
      if (auto fault = with.fault_of(value[name], member); !fault.empty())
        return '/' + name + fault;
  return {};
}

std::string fault_of_items(const json_schema& with, const json& value,
                           const json& items) {
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
    if (auto fault = with.fault_of(value[i], items); !fault.empty())
      return '/' + std::to_string(i) + fault;
  return {};
}

/// Whether the word of a schema holds for `value`.
bool holds(const json_schema& with, const std::string& word, const json& bound,
           const json& schema, const json& value) {
  if (word == "type")
    return is_of_type(value, bound);
  if (word == "const")
    return value == bound;
  if (word == "enum")
    return std::ranges::find(bound, value) != bound.end();
  if (word == "anyOf")
    return std::ranges::any_of(
        bound, [&](const json& one) { return with.fault_of(value, one).empty(); });
  if (word == "allOf")
    return std::ranges::all_of(
        bound, [&](const json& one) { return with.fault_of(value, one).empty(); });
  if (word == "minimum" || word == "maximum")
    return !value.is_number() || (word == "minimum" ? value >= bound : value <= bound);
  if (word == "pattern")
    return !value.is_string()
           || std::regex_search(value.get<std::string>(),
                                std::regex(bound.get<std::string>()));
  if (word == "minLength" || word == "maxLength") {
    if (!value.is_string())
      return true;
    const auto length = std::ranges::count_if( // Code points.
        value.get<std::string>(), [](char c) { return (c & 0xc0) != 0x80; });
    return word == "minLength" ? length >= bound : length <= bound;
  }
  if (word == "required")
    return !value.is_object() || std::ranges::all_of(bound, [&](const json& name) {
      return value.contains(name.get<std::string>());
    });
  if (word == "additionalProperties")
    return bound == true || !value.is_object()
           || std::ranges::all_of(value.items(), [&](const auto& member) {
                return schema["properties"].contains(member.key());
              });
  for (const auto* annotation : {"description", "examples", "default", "format"})
    if (word == annotation)
      return true;
  throw std::logic_error("a word that is not known: " + word);
}

} // namespace

const json& json_schema::resolved(const json& what) const {
  if (!what.is_object() || !what.contains("$ref"))
    return what;
  return document_.at(json::json_pointer{what["$ref"].get<std::string>().substr(1)});
}

std::string json_schema::fault_of(const json& value, const json& schema) const {
  for (const auto& [word, bound] : schema.items()) {
    std::string fault;
    if (word == "$ref")
      fault = fault_of(value, resolved(schema));
    else if (word == "properties")
      fault = fault_of_members(*this, value, bound);
    else if (word == "items")
      fault = fault_of_items(*this, value, bound);
    else if (!holds(*this, word, bound, schema, value))
      fault = ": " + word + " " + bound.dump() + " refuses " + value.dump();
    if (!fault.empty())
      return fault;
  }
  return {};
}

} // namespace tinybook::test
