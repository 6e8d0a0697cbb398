#pragma once

#include "storage/event_store.hpp"
#include "storage/postgres/handle.hpp"

namespace tinybook::storage::postgres {

/// The outbox of article events in PostgreSQL.
class postgres_event_store final : public event_store {
 public:
  explicit postgres_event_store(handle& db) : db_(db) {}

  result<stored_events> run(const pending_events& command) override;
  result<done> run(const remove_events& command) override;

 private:
  handle& db_;
};

} // namespace tinybook::storage::postgres
