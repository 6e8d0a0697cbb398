#pragma once

#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>

namespace tinybook::storage::sqlite {

/// Copies the database of data folder `from` into folder `to`, which has none, while a
/// server may be working on it; neither waits: the copy is one snapshot, which holds all
/// that was committed before the call; it is checked, and readable by its owner alone.
/// Returns the version of its schema. Fails with what SQLite or the operating system
/// says; what is in `to` then is no backup.
[[nodiscard]] result<std::int64_t> back_up(const std::filesystem::path& from,
                                           const std::filesystem::path& to);

} // namespace tinybook::storage::sqlite
