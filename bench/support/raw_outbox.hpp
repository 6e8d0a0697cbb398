#pragma once

#include "storage/support/crypto.hpp"
#include "storage/support/random.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>

namespace tinybook::bench {

/// The least that storing an accepted code can cost: the rows of the product's schema,
/// hashed and encrypted as it does, written with SQLite's plain C interface and
/// `synchronous=FULL`.
class raw_outbox {
 public:
  /// Makes the product's schema in `folder`.
  explicit raw_outbox(const std::filesystem::path& folder);
  ~raw_outbox();
  raw_outbox(const raw_outbox&) = delete;
  raw_outbox& operator=(const raw_outbox&) = delete;

  /// `rows` messages in one transaction.
  void insert_group(int rows);

 private:
  void insert_one();
  void execute(const char* sql);
  sqlite3_stmt* prepare(const char* sql);

  sqlite3* db_ = nullptr;
  sqlite3_stmt* message_ = nullptr;
  sqlite3_stmt* state_ = nullptr;
  system_random random_;
  secret_key key_;
  std::int64_t serial_ = 0;
};

} // namespace tinybook::bench
