#pragma once

#include "storage/result.hpp"
#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/statement.hpp"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tinybook::storage::sqlite {

enum class access : std::uint8_t { read, write };

struct handle_options {
  access mode = access::read;
  std::chrono::milliseconds busy_timeout{2000};
  std::int64_t cache_kib = std::int64_t{16} * 1024;
  std::int64_t max_pages = 0; ///< Where writing ends as on a full disk; 0 = the disk.
};

/// Reads a row of one number.
[[nodiscard]] inline std::int64_t read_number(row& r) {
  return r.number();
}

/// One connection of SQLite with its prepared statements. For one thread at a time. SQL
/// is passed as named constants of static lifetime: a statement is prepared once and
/// found again by the constant's address.
class handle {
 public:
  [[nodiscard]] static result<std::unique_ptr<handle>>
  open(const std::filesystem::path& file, const handle_options& options);
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle();

  /// Runs a statement whose rows, if any, do not matter. Returns how many rows an INSERT,
  /// UPDATE or DELETE changed.
  template <class... Args>
  result<std::int64_t> exec(const char* sql, const Args&... args) {
    return run(sql, nullptr, nullptr, args...);
  }

  /// Every row of a query, each made by `read(row&)`.
  template <class Read, class... Args>
  auto all(const char* sql, Read read, const Args&... args)
      -> result<std::vector<std::invoke_result_t<Read, row&>>> {
    std::vector<std::invoke_result_t<Read, row&>> out;
    auto keep = [&](row& r) {
      out.push_back(read(r));
    };
    if (auto ran = run(sql, &call<decltype(keep)>, &keep, args...); !ran)
      return ran.error();
    return out;
  }

  /// The only row of a query, or nothing.
  template <class Read, class... Args>
  auto one(const char* sql, Read read, const Args&... args)
      -> result<std::optional<std::invoke_result_t<Read, row&>>> {
    std::optional<std::invoke_result_t<Read, row&>> out;
    auto keep = [&](row& r) {
      out = read(r);
    };
    if (auto ran = run(sql, &call<decltype(keep)>, &keep, args...); !ran)
      return ran.error();
    return out;
  }

  /// Several statements without parameters, once.
  result<done> script(const std::string& sql);

  /// Runs `body` (which returns a result) in a transaction: its own one, which is
  /// committed where the body succeeds, or the one that is already open. There, undoing
  /// is up to whoever opened it.
  template <class Body>
  std::invoke_result_t<Body> transact(Body&& body) {
    return within(access::write, std::forward<Body>(body));
  }

  /// Runs queries of `body` against one and the same state of the database.
  template <class Body>
  std::invoke_result_t<Body> read_together(Body&& body) {
    return within(access::read, std::forward<Body>(body));
  }

  /// The key of the row that was inserted last.
  [[nodiscard]] std::int64_t last_id() const { return sqlite3_last_insert_rowid(db_); }

  // Group commit, see connection.cpp. While a batch is on, statements are refused once
  // SQLite has given up the batch's transaction: they would commit one by one.
  result<done> begin_batch();
  result<done> commit_batch();
  void end_batch();
  /// Whether something happened that no later write of the batch can get over.
  [[nodiscard]] const std::optional<failure>& batch_failure() const { return lost_; }

 private:
  using row_callback = void (*)(void* context, row&);

  template <class Keep>
  static void call(void* context, row& r) {
    (*static_cast<Keep*>(context))(r);
  }

  explicit handle(sqlite3* db) : db_(db) {}

  template <class... Args>
  result<std::int64_t> run(const char* sql, row_callback callback, void* context,
                           const Args&... args) {
    auto prepared = prepare(sql);
    if (!prepared)
      return prepared.error();
    running guard(*prepared);
    binder values(*prepared);
    (values.bind(args), ...);
    if (values.code() != SQLITE_OK)
      return fail(values.code(), "bind");
    return step_through(*prepared, callback, context);
  }

  template <class Body>
  std::invoke_result_t<Body> within(access mode, Body&& body) {
    if (in_transaction())
      return std::forward<Body>(body)();
    if (auto begun = begin(mode); !begun)
      return begun.error();
    const rollback_unless_committed guard{*this};
    auto outcome = std::forward<Body>(body)();
    if (outcome)
      if (auto committed = commit(); !committed)
        return committed.error();
    return outcome;
  }

  struct rollback_unless_committed {
    handle& db;
    ~rollback_unless_committed() { db.rollback(); }
  };

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
  result<done> configure(const handle_options& options);
  result<sqlite3_stmt*> prepare(const char* sql);
  result<std::int64_t> step_through(sqlite3_stmt* statement, row_callback callback,
                                    void* context);
  result<done> begin(access mode);
  result<done> commit();
  void rollback();
  failure fail(int code, const char* doing);

  sqlite3* db_;
  std::unordered_map<const char*, statement_ptr> statements_;
  bool in_batch_ = false;
  std::optional<failure> lost_;
};

} // namespace tinybook::storage::sqlite
