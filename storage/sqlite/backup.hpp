#pragma once

#include "storage/result.hpp"

#include <filesystem>

namespace tinybook::storage::sqlite {

/// Copies the database of data folder `from` into the new folder `to` while a server may
/// be working on it: the copy is a consistent snapshot, checked, and readable by its
/// owner alone. Fails with `unavailable` where there is no database, where `to` is there
/// and not empty, or with what SQLite or the operating system says; what is in `to` then
/// is no backup.
[[nodiscard]] result<done> back_up(const std::filesystem::path& from,
                                   const std::filesystem::path& to);

} // namespace tinybook::storage::sqlite
