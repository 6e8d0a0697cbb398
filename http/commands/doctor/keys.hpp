#pragma once

#include "config/settings.hpp"
#include "http/commands/doctor/finding.hpp"
#include "storage/key_use.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::http::doctor {

/// The master keys, and what is known of their use.
struct key_facts {
  std::filesystem::path file;
  bool shared = false;          ///< `keys.file`, not the data folder's own.
  std::vector<std::string> ids; ///< Empty = there is no file.
  std::string trouble{};        ///< Why the file cannot be used; else empty.
  std::optional<storage::key_use> used{};
};

[[nodiscard]] key_facts look_at_keys(const config::settings& s);
[[nodiscard]] findings judge_keys(const key_facts& keys);

} // namespace tinybook::http::doctor
