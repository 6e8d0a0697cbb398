#pragma once

#include "storage/article_store.hpp"
#include "storage/code_store.hpp"
#include "storage/event_store.hpp"
#include "storage/phone_store.hpp"
#include "storage/provider_states.hpp"
#include "storage/result.hpp"
#include "storage/session_store.hpp"
#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/user_store.hpp"

#include <functional>
#include <memory>
#include <span>

namespace tinybook::storage {

/// One connection to the database, used by one thread at a time, with the stores as doors
/// into it. A read is consistent in itself; a write outside of `write_batch` is its own
/// transaction, durable when it returns.
class connection {
 public:
  /// Runs one write and keeps its result for after the commit; false undoes that write
  /// alone. May be called again, and the last result counts: a shared database may have
  /// to undo a batch and run its writes one by one.
  using write = std::function<bool()>;

  virtual ~connection() = default;
  virtual user_store& users() = 0;
  virtual session_store& sessions() = 0;
  virtual article_store& articles() = 0;
  virtual event_store& events() = 0;
  virtual sms_outbox& outbox() = 0;
  virtual code_store& codes() = 0;
  virtual sms_archive& archive() = 0;
  virtual provider_state_store& provider_states() = 0;
  virtual phone_store& phones() = 0;

  /// Group commit: all writes in one transaction, where one that fails takes no other
  /// with it. Durable when it returns success; on failure (`unavailable`, `storage_full`)
  /// nothing of the batch is written, but that a shared database which went away during
  /// the commit may have it whole.
  virtual result<done> write_batch(std::span<const write> writes) = 0;

  /// Whether the database answers: a cheap read.
  virtual result<done> ping() = 0;

  /// The name of the back end where it cannot be reached now, else null.
  [[nodiscard]] virtual const char* missing() const { return nullptr; }
};

/// Opens connections. Migrations have run before the first command of one does; a shared
/// database need not be there yet (commands are `unavailable` until it is).
class database {
 public:
  virtual ~database() = default;
  [[nodiscard]] virtual result<std::unique_ptr<connection>> open_writer() = 0;
  [[nodiscard]] virtual result<std::unique_ptr<connection>> open_reader() = 0;
};

/// The store of `connection` that runs command `M`: one overload per store.
template <class M>
concept user_command = requires(user_store& s, const M& m) {
  s.run(m);
};
template <class M>
concept session_command = requires(session_store& s, const M& m) {
  s.run(m);
};
template <class M>
concept article_command = requires(article_store& s, const M& m) {
  s.run(m);
};
template <class M>
concept event_command = requires(event_store& s, const M& m) {
  s.run(m);
};
template <class M>
concept outbox_command = requires(sms_outbox& s, const M& m) {
  s.run(m);
};
template <class M>
concept code_command = requires(code_store& s, const M& m) {
  s.run(m);
};
template <class M>
concept archive_command = requires(sms_archive& s, const M& m) {
  s.run(m);
};
template <class M>
concept provider_state_command = requires(provider_state_store& s, const M& m) {
  s.run(m);
};

/// Whether `M` may write events to the transactional outbox: their publisher is woken
/// after the commit.
template <class M>
concept event_source = requires {
  requires M::emits_events;
};

/// Runs `command` on the store that takes it.
template <class M>
result<typename M::reply> run_on(connection& db, const M& command) {
  if constexpr (user_command<M>)
    return db.users().run(command);
  else if constexpr (session_command<M>)
    return db.sessions().run(command);
  else if constexpr (article_command<M>)
    return db.articles().run(command);
  else if constexpr (event_command<M>)
    return db.events().run(command);
  else if constexpr (outbox_command<M>)
    return db.outbox().run(command);
  else if constexpr (code_command<M>)
    return db.codes().run(command);
  else if constexpr (archive_command<M>)
    return db.archive().run(command);
  else if constexpr (provider_state_command<M>)
    return db.provider_states().run(command);
  else
    return db.phones().run(command);
}

} // namespace tinybook::storage
