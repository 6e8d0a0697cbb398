#pragma once

#include "storage/connection.hpp"
#include "storage/postgres/handle.hpp"

#include <span>
#include <vector>

namespace tinybook::storage::postgres {

/// Group commit. All writes run in one transaction without savepoints, which would cost
/// two round trips each. Where that does not work (a statement failed, which ends the
/// transaction, or a write that had changed something has to be undone) everything is
/// rolled back and each write runs again in a transaction of its own. So do deferred
/// writes, after the commit.
class batch_of_writes {
 public:
  batch_of_writes(handle& db, std::span<const connection::write> writes)
      : db_(db), writes_(writes) {}

  [[nodiscard]] result<done> run();

 private:
  enum class fate { committed, to_be_repeated, lost };

  [[nodiscard]] fate run_together();
  [[nodiscard]] bool run_in_batch(const connection::write& one);
  void run_each(const std::vector<const connection::write*>& writes);
  void run_alone(const connection::write& one);
  void settle(const connection::write& one, const failure& why);

  handle& db_;
  std::span<const connection::write> writes_;
  std::vector<const connection::write*> later_;
  failure why_lost_;
};

} // namespace tinybook::storage::postgres
