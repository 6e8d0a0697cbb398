#pragma once

#include "storage/handle.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace tinybook::storage::postgres {

struct handle_options {
  link_options session;
  backoff_options reconnect;
  /// While it is false every command is `unavailable`; null = always admitted.
  std::shared_ptr<const std::atomic<bool>> admitted;
  row_rewrites rewrites{}; ///< For the upgrade of an older database.
};

/// One connection to PostgreSQL that outlives disconnects: connects when it is needed,
/// with backoff between attempts, during which commands fail at once. For one thread at a
/// time.
class handle final : public storage::handle {
 public:
  handle(handle_options options, std::shared_ptr<socket_watchdog> watchdog);
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() override;

  [[nodiscard]] const storage::dialect& dialect() const override;
  [[nodiscard]] bool must_not_wait() const override { return in_batch_; }
  failure defer() override;
  [[nodiscard]] bool violated_unique() const override;
  /// Notified with the commit or, where the last notification was just sent, with a later
  /// commit.
  void note_outbox_changed() override { outbox_changed_ = true; }

  // Group commit, see batch_of_writes.cpp.
  result<done> begin_batch();
  result<done> commit_batch();
  void end_batch();
  void rollback() override;
  /// The failure after which the present transaction can only be rolled back.
  [[nodiscard]] const std::optional<failure>& transaction_failure() const {
    return failed_;
  }
  /// What was changed in the present transaction, counted in statements.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] bool take_deferred() { return std::exchange(deferred_, false); }
  /// While set, every statement fails with it, and nothing is sent to the server.
  void refuse(std::optional<failure> why) { refusal_ = std::move(why); }
  [[nodiscard]] std::chrono::milliseconds statement_timeout() const {
    return options_.session.statement_timeout;
  }

  /// Whether the server could not be reached when it was needed last.
  [[nodiscard]] bool is_away() const { return away_; }

 private:
  result<std::int64_t> run(const char* sql, std::span<const parameter> values,
                           row_sink rows) override;
  [[nodiscard]] bool in_transaction() const override { return in_transaction_; }
  result<done> begin(access mode) override;
  result<done> commit() override;
  [[nodiscard]] bool lost_race() const override;

  result<std::int64_t> run_once(const char* sql, std::span<const parameter> values,
                                row_sink rows);
  std::optional<failure> refused() const;
  result<done> connect();
  failure connect_failed(failure why);
  failure note(const trouble& what);
  std::string commit_statement();

  handle_options options_;
  std::shared_ptr<socket_watchdog> watchdog_;
  system_random random_;
  std::unique_ptr<link> link_;
  unsigned failed_attempts_ = 0;
  std::chrono::steady_clock::time_point next_attempt_{};
  failure last_refusal_;
  bool away_ = false;

  bool in_transaction_ = false;
  bool in_batch_ = false;
  bool deferred_ = false;
  bool outbox_changed_ = false;
  bool notice_pending_ = false; ///< Held back, since the last one was just sent.
  std::uint64_t changes_ = 0;
  std::optional<failure> failed_;
  std::optional<failure> refusal_;
  std::string state_; ///< SQLSTATE of the last failure; empty where there was none.
  std::chrono::steady_clock::time_point last_notice_{};
};

} // namespace tinybook::storage::postgres
