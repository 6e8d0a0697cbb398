#include "storage/sqlite/connection.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto savepoint = "SAVEPOINT one_write";
constexpr auto release = "RELEASE one_write";
constexpr auto undo = "ROLLBACK TO one_write";
constexpr auto probe = "SELECT count(*) FROM schema_migrations";

/// Rolls back what was not committed and makes the connection usable again, also after an
/// exception.
struct batch_end {
  handle& db;
  ~batch_end() { db.end_batch(); }
};

} // namespace

result<done> sqlite_connection::write_batch(std::span<const write> writes) {
  if (auto begun = db_->begin_batch(); !begun)
    return begun;
  const batch_end guard{*db_};
  for (const auto& one : writes)
    if (auto ran = run_one(one); !ran)
      return ran;
  return db_->commit_batch();
}

result<done> sqlite_connection::run_one(const write& one) {
  if (auto opened = db_->exec(savepoint); !opened)
    return opened.error();
  const auto before = db_->audited();
  const auto keep = one();
  // A disk that is full or broken fails the whole batch, whatever the write returns.
  if (db_->batch_failure())
    return *db_->batch_failure();
  if (!keep) {
    db_->forget_audited(before);
    if (auto undone = db_->exec(undo); !undone)
      return undone.error();
  }
  if (auto closed = db_->exec(release); !closed)
    return closed.error();
  return done{};
}

result<done> sqlite_connection::ping() {
  return as_done(db_->one(probe, read_number));
}

} // namespace tinybook::storage::sqlite
