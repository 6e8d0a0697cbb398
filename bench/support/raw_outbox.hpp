#pragma once

#include "bench/support/plain_sqlite.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/random.hpp"

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

  /// `rows` messages in one transaction.
  void insert_group(int rows);

 private:
  void insert_one();

  plain_sqlite db_;
  sqlite3_stmt* message_;
  sqlite3_stmt* state_;
  system_random random_;
  secret_key key_;
  std::int64_t serial_ = 0;
};

} // namespace tinybook::bench
