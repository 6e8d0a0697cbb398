#pragma once

#include "storage/sms_outbox.hpp"

#include <cstdint>

namespace tinybook {

/// What the supervisor knows of the rows in the store: their numbers as counted last, how
/// many are not terminal since, and whether any may stand there that is due only later.
class outbox_view {
 public:
  /// `most`: rows that may wait; beyond, new ones are refused; 0 = off.
  explicit outbox_view(std::int64_t most) : most_(most) {}

  /// Less than none: so many have ended.
  void added(std::int64_t rows) { backlog_ += rows; }
  /// A row was made to wait in the store.
  void made_to_wait() {
    may_wait_ = true;
    ++marks_;
  }
  [[nodiscard]] bool may_wait() const { return may_wait_; }

  /// For `counted`: what was made to wait while the store counted is not in its answer.
  [[nodiscard]] std::uint64_t mark() const { return marks_; }
  void counted(const storage::outbox_depth& depth) {
    depth_ = depth;
    backlog_ = depth.ready + depth.leased;
  }
  /// No row waits, by a count that began at `mark`.
  void none_waits(std::uint64_t mark) { may_wait_ = mark != marks_; }

  [[nodiscard]] const storage::outbox_depth& depth() const { return depth_; }
  [[nodiscard]] bool full() const { return most_ > 0 && backlog_ >= most_; }
  [[nodiscard]] std::int64_t backlog() const { return backlog_; }

 private:
  std::int64_t most_;
  std::int64_t backlog_ = 0;
  storage::outbox_depth depth_;
  bool may_wait_ = true;
  std::uint64_t marks_ = 0;
};

} // namespace tinybook
