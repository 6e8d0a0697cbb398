#pragma once

#include "storage/statements.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>

namespace tinybook::storage {

struct dialect;

/// One connection to a database with its transactions, for one thread at a time. What the
/// stores are functions over; `sqlite::handle` and `postgres::handle` are what there is.
class handle : public statements {
 public:
  /// Runs `body` (which returns a result) in a transaction: its own one, which is
  /// committed where the body succeeds and repeated where it lost a race, or the one that
  /// is already open, where undoing is up to whoever opened it. On a shared database it
  /// waits for locks, so a body takes them in the order: session family; users;
  /// article_stats by id; articles; sms_messages by id.
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

  /// As `transact` for what may wait for a row that others change, too. Within a batch it
  /// would wait with the locks of the batch in its hands, a deadlock to be: there it is
  /// put off until the batch is through.
  template <class Body>
  std::invoke_result_t<Body> transact_alone(Body&& body) {
    if (must_not_wait())
      return put_off();
    return transact(std::forward<Body>(body));
  }

  /// Runs queries of `body` against one and the same state of the database.
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
  /// Then: this write is to be run after the batch, alone.
  virtual failure put_off() { return errc::internal; }

  /// Whether the last statement failed for a value that is another row's already.
  [[nodiscard]] virtual bool found_taken() const { return false; }

  /// The present transaction has put a message into the outbox, or made one ready: other
  /// replicas are told of it.
  virtual void note_outbox_changed() {}

  /// What this engine does in its own way.
  [[nodiscard]] virtual const storage::dialect& dialect() const = 0;

 protected:
  enum class access : std::uint8_t { read, write };

 private:
  static constexpr int max_attempts = 5;

  /// Undoes nothing of what is committed by then.
  struct rollback_at_end {
    handle& db;
    ~rollback_at_end() { db.rollback(); }
  };

  template <class Body>
  std::invoke_result_t<Body> in_begun_transaction(Body& body) {
    const rollback_at_end guard{*this};
    auto outcome = body();
    if (outcome)
      if (auto committed = commit(); !committed)
        return std::move(committed.error());
    return outcome;
  }

  [[nodiscard]] virtual bool in_transaction() const = 0;
  virtual result<done> begin(access mode) = 0;
  virtual result<done> commit() = 0;
  /// Nothing where no transaction is open.
  virtual void rollback() = 0;
  /// Whether the last transaction failed for nothing but the luck of others.
  [[nodiscard]] virtual bool lost_race() const { return false; }
};

} // namespace tinybook::storage
