#pragma once

#include "storage/event_store.hpp"
#include "storage/sqlite/handle.hpp"

namespace tinybook::storage::sqlite {

/// The outbox of article events in SQLite.
class sqlite_event_store final : public event_store {
 public:
  explicit sqlite_event_store(handle& db) : db_(db) {}

  result<stored_events> run(const pending_events& command) override;
  result<done> run(const remove_events& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::sqlite
