#pragma once

#include "storage/connection.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/sqlite/folder.hpp"
#include "storage/sqlite/handle.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace tinybook::storage {

struct sqlite_options {
  std::filesystem::path folder;
  std::chrono::milliseconds busy_timeout{0};        ///< For a lock of another program.
  std::int64_t cache_kib = std::int64_t{16} * 1024; ///< Of each connection.
  /// Largest size of the database in pages of 4 KiB; 0 = as large as the disk allows.
  std::int64_t max_pages = 0;
  /// After a crash the file is checked when it is opened, unless it is larger than this.
  std::uintmax_t max_checked_bytes = 64ULL << 20U;
  row_rewrites rewrites{}; ///< For the upgrade of an older database.
};

/// `tinybook.db` in a folder that this object holds alone for as long as it lives. WAL
/// mode: one writer and any number of readers do not wait for each other.
class sqlite_database final : public database {
 public:
  /// Makes folder and file if they are missing and brings the schema up to date. Fails,
  /// with a detail that can be shown to the operator: folder in use, not writable or not
  /// a folder; disk full; file damaged, made by another program or by a newer version.
  [[nodiscard]] static result<std::unique_ptr<sqlite_database>>
  open(sqlite_options options);

  [[nodiscard]] result<std::unique_ptr<connection>> open_writer() override;
  [[nodiscard]] result<std::unique_ptr<connection>> open_reader() override;

 private:
  sqlite_database(sqlite_options options, sqlite::folder_lock lock);
  [[nodiscard]] result<std::unique_ptr<connection>> open_connection(bool read_only);

  sqlite_options options_;
  sqlite::folder_lock lock_;
};

} // namespace tinybook::storage
