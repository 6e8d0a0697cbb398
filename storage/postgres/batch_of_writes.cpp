#include "storage/postgres/batch_of_writes.hpp"

#include "storage/postgres/errors.hpp"

#include <chrono>

namespace tinybook::storage::postgres {

namespace {

/// Rolls back what was not committed and makes the connection usable again, also after an
/// exception.
struct batch_end {
  handle& db;
  ~batch_end() { db.end_batch(); }
};

/// Lets statements through again, also after an exception.
struct refusal_end {
  handle& db;
  ~refusal_end() { db.refuse(std::nullopt); }
};

} // namespace

result<done> batch_of_writes::run() {
  if (writes_.empty())
    return done{};
  switch (run_together()) {
  case fate::lost:
    return why_lost_;
  case fate::committed:
    run_each(later_);
    break;
  case fate::to_be_repeated:
    later_.clear();
    for (const auto& one : writes_)
      later_.push_back(&one);
    run_each(later_);
    break;
  }
  return done{};
}

batch_of_writes::fate batch_of_writes::run_together() {
  if (auto begun = db_.begin_batch(); !begun) {
    why_lost_ = begun.error();
    return fate::lost;
  }
  const batch_end guard{db_};
  bool whole = true;
  for (const auto& one : writes_) {
    whole = run_in_batch(one);
    if (!whole)
      break;
  }
  if (whole) {
    auto committed = db_.commit_batch();
    if (committed)
      return fate::committed;
    why_lost_ = committed.error();
    return fate::lost;
  }
  if (db_.is_away() && db_.transaction_failure()) {
    why_lost_ = *db_.transaction_failure();
    return fate::lost;
  }
  return fate::to_be_repeated;
}

/// False where the batch cannot go on.
bool batch_of_writes::run_in_batch(const connection::write& one) {
  const auto before = db_.changes();
  const auto keep = one();
  if (db_.transaction_failure())
    return false;
  if (db_.take_deferred())
    later_.push_back(&one);
  return keep || db_.changes() == before;
}

/// Bounded by the time of one statement: many writes may wait for the same lock one after
/// the other.
void batch_of_writes::run_each(const std::vector<const connection::write*>& writes) {
  const auto until = std::chrono::steady_clock::now() + db_.statement_timeout();
  for (const auto* one : writes) {
    if (std::chrono::steady_clock::now() < until)
      run_alone(*one);
    else
      settle(*one, away("postgres: the database is too slow for a group of writes"));
  }
}

void batch_of_writes::run_alone(const connection::write& one) {
  bool told = false; // the write itself has reported its failure
  auto ran = db_.transact([&]() -> result<done> {
    told = !one();
    if (told)
      return errc::wrong_state;
    return done{};
  });
  if (!ran && !told)
    settle(one, ran.error());
}

/// The write was not run, or may not have been committed: runs it with every statement
/// failing, so that it reports `why`.
void batch_of_writes::settle(const connection::write& one, const failure& why) {
  const refusal_end guard{db_};
  db_.refuse(why);
  static_cast<void>(one());
}

} // namespace tinybook::storage::postgres
