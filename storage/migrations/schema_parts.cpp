#include "storage/migrations/schema_parts.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

namespace tinybook::storage {

namespace {

/// The layout of a statement does not change its meaning.
std::string without_layout(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  return out;
}

const schema_part* find(const std::vector<schema_part>& parts, const std::string& name) {
  const auto at = std::ranges::find(parts, name, &schema_part::name);
  return at == parts.end() ? nullptr : &*at;
}

/// The part of a definition that begins a little before `at`.
std::string quoted(const std::string& definition, std::size_t at) {
  constexpr std::size_t before = 40;
  constexpr std::size_t longest = 160;
  const auto begin = at > before ? at - before : 0;
  return (begin > 0 ? "\"…" : "\"") + definition.substr(begin, longest)
         + (definition.size() - begin > longest ? "…\"" : "\"");
}

/// The first of `expected` that was not found, or not so.
std::string first_missing(const std::vector<schema_part>& expected,
                          const std::vector<schema_part>& found) {
  for (const auto& part : expected) {
    const auto* there = find(found, part.name);
    if (there == nullptr)
      return part.name + " is missing";
    const auto is = without_layout(there->definition);
    const auto belongs = without_layout(part.definition);
    if (is != belongs) {
      const auto at =
          static_cast<std::size_t>(std::ranges::mismatch(is, belongs).in1 - is.begin());
      return part.name + " is " + quoted(is, at) + " where " + quoted(belongs, at)
             + " belongs";
    }
  }
  return {};
}

} // namespace

std::string missing_columns(const std::vector<schema_part>& expected,
                            const std::vector<schema_part>& found) {
  std::vector<schema_part> columns;
  std::ranges::copy_if(
      expected, std::back_inserter(columns),
      [](const schema_part& part) { return part.name.starts_with("column "); });
  return first_missing(columns, found);
}

std::string schema_difference(const std::vector<schema_part>& expected,
                              const std::vector<schema_part>& found) {
  if (auto missing = first_missing(expected, found); !missing.empty())
    return missing;
  const auto is_ours = [&expected](const std::string& table) {
    return !table.empty()
           && std::ranges::find(expected, table, &schema_part::table) != expected.end();
  };
  for (const auto& part : found)
    if (is_ours(part.table) && find(expected, part.name) == nullptr)
      return part.name + " is not known";
  return {};
}

} // namespace tinybook::storage
