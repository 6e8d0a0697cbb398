#pragma once

#include "storage/handle.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <functional>
#include <memory>
#include <span>

namespace tinybook::storage {

namespace detail {

/// Finds `run` of the command's store where it is instantiated, so that users of
/// connections include only the stores that they need.
template <class Command>
result<typename Command::reply> run_command(handle& on, const Command& command) {
  return run(on, command);
}

} // namespace detail

/// One connection to the database, used by one thread at a time. A read is consistent in
/// itself; a write outside of `write_batch` is its own transaction, durable when it
/// returns.
class connection {
 public:
  /// Runs one write and keeps its result for after the commit; false undoes that write
  /// alone. May be called again, and the last result counts: a shared database may have
  /// to undo a batch and run its writes one by one.
  using write = std::function<bool()>;

  virtual ~connection() = default;

  /// Runs a command of any store, whose header is included.
  template <class Command>
  result<typename Command::reply> run(const Command& command) {
    return detail::run_command(session(), command);
  }

  /// Group commit: all writes in one transaction, in which one that fails leaves the
  /// others alone. Durable when it returns success; on failure (`unavailable`,
  /// `storage_full`) nothing of the batch is written; only a shared database that was
  /// lost during the commit may have written all of it.
  virtual result<done> write_batch(std::span<const write> writes) = 0;

  /// Is told of what this connection puts into the audit trail, once it is committed.
  void set_audit_sink(audit_sink sink) { session().set_audit_sink(std::move(sink)); }

  /// Whether the database answers: a cheap read.
  virtual result<done> ping() = 0;

  /// The name of the back end where it cannot be reached now, else null.
  [[nodiscard]] virtual const char* missing() const { return nullptr; }

 private:
  [[nodiscard]] virtual handle& session() = 0;
};

/// Opens connections. Migrations have run before the first command of one does; a shared
/// database need not be there yet (commands are `unavailable` until it is).
class database {
 public:
  virtual ~database() = default;
  [[nodiscard]] virtual result<std::unique_ptr<connection>> open_writer() = 0;
  [[nodiscard]] virtual result<std::unique_ptr<connection>> open_reader() = 0;
};

/// Whether `M` may write events to the transactional outbox: their publisher is woken
/// after the commit.
template <class M>
concept event_source = requires {
  requires M::emits_events;
};

} // namespace tinybook::storage
