#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace tinybook::config {

/// The keys of `s` whose back end belongs to one process: with any of them only one
/// replica may run.
[[nodiscard]] std::vector<std::string_view> local_parts(const settings& s);

/// Whether every back end is sqlite or local.
[[nodiscard]] bool embedded(const settings& s);

/// Whether any part is kept in Redis.
[[nodiscard]] bool uses_redis(const settings& s);

/// Whether anything is kept in the folder `storage.path`.
[[nodiscard]] bool uses_data_folder(const settings& s);

/// `keys.file`, or the file of keys in `storage.path`.
[[nodiscard]] std::filesystem::path key_file_of(const settings& s);

} // namespace tinybook::config
