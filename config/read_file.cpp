#include "config/draft.hpp"
#include "config/key_check.hpp"
#include "config/key_table.hpp"
#include "config/suggestion.hpp"
#include "config/toml_value.hpp"

#include <fstream>

namespace tinybook::config {

namespace {

// A configuration is small; this only keeps a wrong path (a log, a device) from filling
// memory.
constexpr std::size_t max_file_bytes = 4U << 20U;

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& s : sections()) {
    if (!s.name.empty())
      names.emplace_back(s.name);
    for (const auto& k : s.keys)
      names.emplace_back(k.name);
  }
  for (const auto& array : table_arrays())
    names.emplace_back(array.name);
  return names;
}

std::vector<std::string> all_names(const table_array& of) {
  std::vector<std::string> names;
  for (const auto& k : of.keys)
    names.emplace_back(k.name);
  return names;
}

class file_reader {
 public:
  file_reader(std::string file, draft& into) : file_(std::move(file)), into_(into) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const auto dotted = prefix + std::string{name.str()};
      const auto from = at(name.source());
      if (const auto* array = find_table_array(dotted))
        read_array(node, *array, from);
      else if (is_section(dotted))
        read_section(node, dotted, from);
      else if (const auto* k = find_key(dotted))
        into_.assign(*k, 0, dotted, value_from(*k, node), shown(node), from);
      else if (const auto* retired = find_retired_key(dotted))
        into_.warn(*retired, from);
      else
        into_.fail(from, dotted, "unknown key" + did_you_mean(dotted, all_names()));
    }
  }

 private:
  void read_section(const toml::node& node, const std::string& dotted,
                    const origin& from) {
    if (const auto* inner = node.as_table())
      read(*inner, dotted + ".");
    else
      into_.fail(from, dotted,
                 shown(node) + " is not allowed; this is a section, write [" + dotted
                     + "]");
  }

  void read_array(const toml::node& node, const table_array& array, const origin& from) {
    const auto* tables = node.as_array();
    if (tables == nullptr
        || (!tables->empty() && !tables->is_homogeneous<toml::table>())) {
      const std::string name{array.name};
      into_.fail(from, name,
                 shown(node) + " is not allowed; write one [[" + name + "]] for each");
      return;
    }
    array.reset(into_.values(), tables->size());
    for (std::size_t row = 0; row < tables->size(); ++row)
      read_table(*tables->get_as<toml::table>(row), array, row);
  }

  void read_table(const toml::table& table, const table_array& array, std::size_t row) {
    for (const auto& [name, node] : table) {
      const auto full = array.name_of(row, name.str());
      const auto from = at(name.source());
      if (const auto* k = array.find(name.str()))
        into_.assign(*k, row, full, value_from(*k, node), shown(node), from);
      else
        into_.fail(from, full,
                   "unknown key" + did_you_mean(name.str(), all_names(array)));
    }
    for (const auto& k : array.keys)
      if (k.required && !table.contains(k.name))
        into_.fail(at(table.source()), array.name_of(row, k.name),
                   "is missing; use " + allowed(k));
  }

  [[nodiscard]] origin at(const toml::source_region& region) const {
    return {file_, region.begin.line};
  }

  std::string file_;
  draft& into_;
};

/// Nothing, and a noted error, if the file cannot be read.
std::optional<std::string> contents(const std::filesystem::path& file, draft& into) {
  std::error_code error;
  std::ifstream in{file, std::ios::binary};
  if (std::filesystem::is_directory(file, error) || !in) {
    into.fail({file.string(), 0}, {}, "cannot be read; name a readable TOML file");
    return std::nullopt;
  }
  std::string text(max_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_file_bytes) {
    into.fail({file.string(), 0}, {}, "is larger than 4 MiB; name a TOML file");
    return std::nullopt;
  }
  return text;
}

} // namespace

void read_file(const std::filesystem::path& file, draft& into) {
  into.reads(file);
  const auto text = contents(file, into);
  if (!text)
    return;
  try {
    const auto table = toml::parse(*text, file.string());
    file_reader{file.string(), into}.read(table, "");
  } catch (const toml::parse_error& error) {
    into.fail({file.string(), error.source().begin.line}, {},
              "not valid TOML: " + std::string{error.description()});
  }
}

} // namespace tinybook::config
