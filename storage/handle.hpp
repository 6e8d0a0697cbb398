#pragma once

#include "storage/audit_event.hpp"
#include "storage/statements.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace tinybook::storage {

struct dialect;

/// One connection to a database with its transactions, for one thread at a time. The
/// stores are functions over it; `sqlite::handle` and `postgres::handle` implement it.
class handle : public statements {
 public:
  /// Runs `body` (which returns a result) in a transaction: its own one, committed where
  /// the body succeeds and repeated where it lost a race, or the one that is already
  /// open, whose opener decides about rolling back. On a shared database it waits for
  /// locks, so a body takes them in the order: session family; users; kept_answers;
  /// article_stats by id; articles; author_totals; sms_messages by id.
  template <class Body>
  std::invoke_result_t<Body> transact(Body&& body) {
    if (in_transaction())
      return body();
    for (int attempt = 1;; ++attempt) {
      if (auto begun = begin(access::write); !begun)
        return std::move(begun.error());
      auto outcome = in_begun_transaction(body);
      if (outcome || !lost_race() || attempt == max_attempts)
        return outcome;
    }
  }

  /// As `transact`, for a body that may wait for a row which others change. Within a
  /// batch it would wait while it holds the batch's locks, and could deadlock: there it
  /// is deferred until the batch has ended.
  template <class Body>
  std::invoke_result_t<Body> transact_alone(Body&& body) {
    if (must_not_wait())
      return defer();
    return transact(std::forward<Body>(body));
  }

  /// Runs the queries of `body` on one snapshot of the database.
  template <class Body>
  std::invoke_result_t<Body> read_together(Body&& body) {
    if (in_transaction())
      return body();
    if (auto begun = begin(access::read); !begun)
      return std::move(begun.error());
    const rollback_at_end guard{*this};
    return body();
  }

  /// Within a batch on a shared database: no lock may be waited for.
  [[nodiscard]] virtual bool must_not_wait() const { return false; }
  /// Defers the present write of the batch: it runs again after the batch, alone.
  virtual failure defer() { return errc::internal; }

  /// Whether the last statement failed since another row has a unique value already.
  [[nodiscard]] virtual bool violated_unique() const { return false; }

  /// The present transaction has put a message into the outbox, or made one ready: other
  /// replicas are notified.
  virtual void note_outbox_changed() {}

  /// The present transaction has erased what tells of a person: no log of earlier
  /// versions keeps it for long.
  virtual void note_erased() {}

  /// The present transaction has put this into the audit trail: `set_audit_sink`'s is
  /// told once it is committed.
  void note_audited(audit_event event) {
    if (audit_sink_)
      audited_.push_back(std::move(event));
  }
  void set_audit_sink(audit_sink sink) { audit_sink_ = std::move(sink); }

  /// What this engine does differently.
  [[nodiscard]] virtual const storage::dialect& dialect() const = 0;

 protected:
  enum class access : std::uint8_t { read, write };

  /// How many entries of the trail the present transaction has made so far.
  [[nodiscard]] std::size_t audited() const { return audited_.size(); }
  /// Those behind the first `kept` were undone.
  void forget_audited(std::size_t kept = 0) { audited_.resize(kept); }
  /// The transaction is committed.
  void tell_audited() {
    for (const auto& event : std::exchange(audited_, {}))
      audit_sink_(event);
  }

 private:
  static constexpr int max_attempts = 5;

  /// After a commit it does nothing.
  struct rollback_at_end {
    handle& db;
    ~rollback_at_end() {
      db.rollback();
      db.forget_audited();
    }
  };

  template <class Body>
  std::invoke_result_t<Body> in_begun_transaction(Body& body) {
    const rollback_at_end guard{*this};
    auto outcome = body();
    if (outcome)
      if (auto committed = commit(); !committed)
        return std::move(committed.error());
    if (outcome)
      tell_audited();
    return outcome;
  }

  [[nodiscard]] virtual bool in_transaction() const = 0;
  virtual result<done> begin(access mode) = 0;
  virtual result<done> commit() = 0;
  /// Does nothing where no transaction is open.
  virtual void rollback() = 0;
  /// Whether the last transaction failed only because of a concurrent one (deadlock,
  /// serialization failure): repeating it may succeed.
  [[nodiscard]] virtual bool lost_race() const { return false; }

  audit_sink audit_sink_;
  std::vector<audit_event> audited_;
};

} // namespace tinybook::storage
