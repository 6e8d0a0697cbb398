#pragma once

#include "storage/support/crypto.hpp"
#include "storage/support/random.hpp"

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>

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

  /// Stores one message, called by many threads; those that wait at once share a commit.
  void insert_grouped();

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

  std::mutex mutex_;
  std::condition_variable committed_;
  std::int64_t wanted_ = 0; ///< Tickets given out.
  std::int64_t done_ = 0;   ///< Tickets committed.
  bool leader_ = false;
};

} // namespace tinybook::bench
