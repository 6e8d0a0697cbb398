#pragma once

#include "config/key_table.hpp"
#include "config/loader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace tinybook::config::testing {

/// A file of this text that is gone afterwards.
class temporary_file {
 public:
  explicit temporary_file(std::string_view text) {
    static int number = 0;
    path_ = std::filesystem::temp_directory_path()
            / ("tinybook-config-" + std::to_string(::getpid()) + "-"
               + std::to_string(number++) + ".toml");
    std::ofstream{path_, std::ios::binary} << text;
    std::filesystem::permissions(path_, std::filesystem::perms{0600});
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline load_result load_text(std::string_view toml, variables environment = {},
                             std::vector<std::string> assignments = {}) {
  const temporary_file file{toml};
  return load({file.path(), std::move(environment), std::move(assignments)});
}

inline load_result load_set(std::vector<std::string> assignments) {
  return load({{}, {}, std::move(assignments)});
}

inline std::string all_text(const load_result& result) {
  std::string text;
  for (const auto& error : result.errors)
    text += error.text() + "\n";
  return text;
}

/// The texts of all errors that are about this key.
inline std::string errors_about(const load_result& result, std::string_view key) {
  std::string text;
  for (const auto& error : result.errors)
    if (error.key == key)
      text += error.text() + "\n";
  return text;
}

inline bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::vector<const key*> plain_keys() {
  std::vector<const key*> keys;
  for (const auto& s : sections())
    for (const auto& k : s.keys)
      keys.push_back(&k);
  return keys;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace tinybook::config::testing
