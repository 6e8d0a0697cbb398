#pragma once

#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>

namespace tinybook::storage::sqlite {

/// Copies the database of data folder `from` into the new folder `to` while a server may
/// be working on it, which neither waits: the copy is one snapshot, which holds all that
/// was committed before the call; it is checked, and readable by its owner alone. Returns
/// the version of its schema. Fails with `unavailable` where there is no database, where
/// `to` is there and not empty, or with what SQLite or the operating system says; what is
/// in `to` then is no backup.
[[nodiscard]] result<std::int64_t> back_up(const std::filesystem::path& from,
                                           const std::filesystem::path& to);

} // namespace tinybook::storage::sqlite
