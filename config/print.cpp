#include "config/key_check.hpp"
#include "config/key_table.hpp"
#include "config/loader.hpp"
#include "config/suggestion.hpp"
#include "config/toml_value.hpp"

#include <algorithm>
#include <array>

namespace tinybook::config {

namespace {

constexpr std::size_t comment_width = 88;

/// `text` wrapped into lines that start with `# `.
std::string comment(std::string_view text) {
  std::string lines;
  std::string line{"#"};
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, space);
    if (line.size() + 1 + word.size() > comment_width && line.size() > 1) {
      lines += line + "\n";
      line = "#";
    }
    line += " " + std::string{word};
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return lines + line + "\n";
}

std::string documented(const key& k) {
  auto facts = "Use " + allowed_range(k) + ". ";
  facts += k.required ? "Required." : "Default: " + std::string{k.default_text} + ".";
  if (k.change == reload::live)
    facts += " Tunable.";
  return comment(k.description) + comment(facts);
}

/// A default is no secret, whatever the key: it is printed as it stands.
std::string printed(const key& k, const value& v) {
  if (k.secret && !k.default_text.empty() && v == value_from_toml(k, k.default_text))
    return std::string{k.default_text};
  return to_toml(k, v);
}

std::string assignment(const key& k, std::string_view toml) {
  return std::string{last_part(k.name)} + " = " + std::string{toml} + "\n";
}

/// Whether the value of a secret comes from a variable or a file, which is named.
bool stands_elsewhere(const table_array& array, const key& k, const settings& values,
                      std::size_t row) {
  return k.secret && std::ranges::any_of(std::array{"_env", "_file"}, [&](auto ending) {
           const auto* other = array.find(std::string{k.name} + ending);
           return other != nullptr && other->read(values, row) != value{std::string{}};
         });
}

constexpr std::string_view file_head =
    R"(# tinybook: every key with its default. Every key is optional; so is the file itself:
#   tinybook --config tinybook.toml
# Environment variables win over the file: http.port is TINYBOOK_HTTP_PORT, lists are
# separated by commas. --set http.port=8081 wins over both. [[Tables]] are set only here.
# Times are texts in ms, s, m, h or d: "500ms", "10s", "30d". Sizes are texts in B, KiB,
# MiB or GiB, or plain numbers of bytes.
# tinybook --check-config tells what is wrong; --print-config shows the effective values.
# "Tunable" keys do not shape what is built at start: they are the ones that live reload
# will change in a running process. In this version every change needs a restart.
# This text is made from the key table: tinybook --print-default-config.

)";

} // namespace

settings defaults() {
  static const settings all = [] {
    settings made;
    for (const auto& s : sections())
      for (const auto& k : s.keys)
        k.assign(made, 0, value_from_toml(k, k.default_text).value());
    provider_tables().reset(made, 1);
    return made;
  }();
  return all;
}

std::string print(const settings& values) {
  std::string text;
  for (const auto& s : sections()) {
    if (!s.name.empty())
      text += "\n[" + std::string{s.name} + "]\n";
    for (const auto& k : s.keys) {
      const auto* file = find_file_key(k);
      const bool secret_elsewhere =
          file != nullptr && file->read(values, 0) != value{std::string{}};
      if (!secret_elsewhere)
        text += assignment(k, printed(k, k.read(values, 0)));
    }
  }
  for (const auto& array : table_arrays())
    for (std::size_t row = 0; row < array.rows(values); ++row) {
      text += "\n[[" + std::string{array.name} + "]]\n";
      for (const auto& k : array.keys)
        if (!stands_elsewhere(array, k, values, row))
          text += assignment(k, printed(k, k.read(values, row)));
    }
  return text;
}

std::string print_documented_defaults() {
  std::string text{file_head};
  for (const auto& s : sections()) {
    if (!s.name.empty())
      text += comment(s.description) + "[" + std::string{s.name} + "]\n\n";
    for (const auto& k : s.keys)
      text += documented(k) + assignment(k, k.default_text) + "\n";
  }
  for (const auto& array : table_arrays()) {
    text += array.head;
    for (const auto& k : array.keys)
      text += "#\n" + documented(k) + "# " + assignment(k, k.default_text);
    text += &array == &table_arrays().back() ? "" : "\n";
  }
  return text;
}

} // namespace tinybook::config
