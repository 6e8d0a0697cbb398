#pragma once

#include "storage/postgres/link.hpp"
#include "storage/postgres/statement.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tinybook::storage::postgres {

struct handle_options {
  link_options session;
  backoff_options reconnect{std::chrono::milliseconds{100}, 2.0, 0.5,
                            std::chrono::milliseconds{2000}};
  /// While it holds false every command is `unavailable`; null = never so.
  std::shared_ptr<const std::atomic<bool>> admitted;
  row_rewrites rewrites{}; ///< For the upgrade of an older database.
};

/// One connection to PostgreSQL over its losses: connects when it is needed, with backoff
/// between attempts, during which commands fail at once. For one thread at a time. SQL is
/// passed as named constants of static lifetime, as in storage/sqlite/handle.hpp.
class handle {
 public:
  handle(handle_options options, std::shared_ptr<socket_watchdog> dog);
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle();

  /// Runs a statement whose rows, if any, do not matter. Returns how many rows it changed
  /// or, with RETURNING or SELECT, gave.
  template <class... Args>
  result<std::int64_t> exec(const char* sql, const Args&... args) {
    return run(sql, {}, args...);
  }

  /// Every row of a query, each made by `read(row&)`.
  template <class Read, class... Args>
  auto all(const char* sql, Read read, const Args&... args)
      -> result<std::vector<std::invoke_result_t<Read, row&>>> {
    std::vector<std::invoke_result_t<Read, row&>> out;
    if (auto ran = run(
            sql, [&](row& r) { out.push_back(read(r)); }, args...);
        !ran)
      return ran.error();
    return out;
  }

  /// The only row of a query, or nothing.
  template <class Read, class... Args>
  auto one(const char* sql, Read read, const Args&... args)
      -> result<std::optional<std::invoke_result_t<Read, row&>>> {
    std::optional<std::invoke_result_t<Read, row&>> out;
    if (auto ran = run(
            sql, [&](row& r) { out = read(r); }, args...);
        !ran)
      return ran.error();
    return out;
  }

  /// Runs `body` (which returns a result) in a transaction: its own one, which is
  /// committed where the body succeeds and repeated where it lost a race, or the one that
  /// is already open, where undoing is up to whoever opened it. Waits for locks, so a
  /// body takes them in the order: session family; users; article_stats by id; articles;
  /// sms_messages by id.
  template <class Body>
  std::invoke_result_t<Body> transact(Body&& body) {
    if (in_transaction_)
      return body();
    for (int attempt = 1;; ++attempt) {
      if (auto begun = begin(begin_write); !begun)
        return begun.error();
      const rollback_unless_committed guard{*this};
      auto outcome = body();
      if (outcome)
        if (auto committed = commit(); !committed)
          outcome = committed.error();
      if (outcome || !lost_race() || attempt == max_attempts)
        return outcome;
    }
  }

  /// As `transact` for what may wait for a row that others change, too. Within a batch it
  /// would wait with the locks of the batch in its hands, a deadlock to be: there it is
  /// put off until the batch is through (see `batch_of_writes`).
  template <class Body>
  std::invoke_result_t<Body> transact_alone(Body&& body) {
    if (in_batch_)
      return put_off();
    return transact(std::forward<Body>(body));
  }

  /// Runs queries of `body` against one and the same state of the database.
  template <class Body>
  std::invoke_result_t<Body> read_together(Body&& body) {
    if (in_transaction_)
      return body();
    if (auto begun = begin(begin_read); !begun)
      return begun.error();
    const rollback_unless_committed guard{*this};
    return body();
  }

  /// Within a batch: this write is to be run after it, alone.
  failure put_off();
  [[nodiscard]] bool in_batch() const { return in_batch_; }

  /// The present transaction has put a message into the outbox, or made one ready: other
  /// replicas are told of it with its commit or, where the last word to them was just
  /// sent, with a later one.
  void note_outbox_changed() { outbox_changed_ = true; }

  // Group commit, see batch_of_writes.cpp.
  result<done> begin_batch();
  result<done> commit_batch();
  void end_batch();
  void rollback();
  /// The failure after which the present transaction can only be rolled back.
  [[nodiscard]] const std::optional<failure>& transaction_failure() const {
    return failed_;
  }
  /// What was changed in the present transaction, counted in statements.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] bool take_put_off() { return std::exchange(put_off_, false); }
  /// While set, every statement fails so, without a word to the server.
  void refuse(std::optional<failure> why) { refusal_ = std::move(why); }
  [[nodiscard]] std::chrono::milliseconds statement_timeout() const {
    return options_.session.statement_timeout;
  }

  /// SQLSTATE of the last failure; empty where there was none.
  [[nodiscard]] const std::string& last_state() const { return state_; }
  /// Whether the server could not be reached when it was needed last.
  [[nodiscard]] bool is_away() const { return away_; }

 private:
  static const char* const begin_write;
  static const char* const begin_read;
  static constexpr int max_attempts = 5;

  struct rollback_unless_committed {
    handle& db;
    ~rollback_unless_committed() { db.rollback(); }
  };

  template <class... Args>
  result<std::int64_t> run(const char* sql, const std::function<void(row&)>& read,
                           const Args&... args) {
    try {
      binder values;
      (values.bind(args), ...);
      return run_bound(sql, values, read);
    } catch (...) {
      return note(to_trouble(std::current_exception(), "read"));
    }
  }

  result<std::int64_t> run_bound(const char* sql, const binder& values,
                                 const std::function<void(row&)>& read);
  result<pqxx::result> run_once(const char* sql, const binder& values);
  result<done> begin(const char* sql);
  result<done> commit();
  [[nodiscard]] bool lost_race() const;
  std::optional<failure> refused() const;
  result<done> connect();
  failure connect_failed(failure why);
  failure note(const trouble& what);
  std::string commit_statement();

  handle_options options_;
  std::shared_ptr<socket_watchdog> dog_;
  system_random random_;
  std::unique_ptr<link> link_;
  unsigned failed_attempts_ = 0;
  std::chrono::steady_clock::time_point next_attempt_{};
  failure last_refusal_;
  bool away_ = false;

  bool in_transaction_ = false;
  bool in_batch_ = false;
  bool put_off_ = false;
  bool outbox_changed_ = false;
  bool owes_notice_ = false; ///< Held back, for the last one was just sent.
  std::uint64_t changes_ = 0;
  std::optional<failure> failed_;
  std::optional<failure> refusal_;
  std::string state_;
  std::chrono::steady_clock::time_point last_notice_{};
};

} // namespace tinybook::storage::postgres
