#pragma once

#include "storage/handle.hpp"
#include "storage/result.hpp"
#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/statement.hpp"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace tinybook::storage::sqlite {

struct handle_options {
  bool read_only = true;
  std::chrono::milliseconds busy_timeout{0};
  std::int64_t cache_kib = std::int64_t{16} * 1024;
  std::int64_t max_pages = 0; ///< Beyond it writes fail as on a full disk; 0 = no limit.
  /// Nobody else has the file open: it is read without locks, and no file is made beside
  /// it. With `read_only` only.
  bool immutable = false;
};

/// One connection of SQLite with its prepared statements. Its writes are never deferred
/// and lose no race: a transaction that writes excludes all others from its begin.
class handle final : public storage::handle {
 public:
  [[nodiscard]] static result<std::unique_ptr<handle>>
  open(const std::filesystem::path& file, const handle_options& options);
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() override;

  /// Several statements without parameters, once.
  result<done> script(const std::string& sql);

  [[nodiscard]] const storage::dialect& dialect() const override;
  void note_erased() override { erased_ = true; }

  // Group commit, see connection.cpp. While a batch is on, statements are refused once
  // SQLite has given up the batch's transaction: they would commit one by one.
  result<done> begin_batch();
  result<done> commit_batch();
  void end_batch();
  using storage::handle::audited;
  using storage::handle::forget_audited;
  /// The failure, if any, after which no later write of the batch can succeed.
  [[nodiscard]] const std::optional<failure>& batch_failure() const {
    return batch_failure_;
  }

 private:
  explicit handle(sqlite3* db) : db_(db) {}

  result<std::int64_t> run(const char* sql, std::span<const parameter> values,
                           row_sink rows) override;
  [[nodiscard]] bool in_transaction() const override {
    return sqlite3_get_autocommit(db_) == 0;
  }
  result<done> begin(access mode) override;
  result<done> commit() override;
  void rollback() override;

  result<done> configure(const handle_options& options);
  result<sqlite3_stmt*> prepare(const char* sql);
  result<std::int64_t> step_through(sqlite3_stmt* statement, row_sink rows);
  failure fail(int code, const char* doing);

  sqlite3* db_;
  std::unordered_map<const char*, statement_ptr> statements_;
  bool in_batch_ = false;
  std::optional<failure> batch_failure_;
  bool erased_ = false; ///< See `note_erased`.
};

} // namespace tinybook::storage::sqlite
