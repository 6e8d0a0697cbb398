#include "storage/postgres/connection.hpp"

#include "storage/postgres/batch_of_writes.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto probe = "SELECT 1";

} // namespace

postgres_connection::postgres_connection(std::unique_ptr<handle> db)
    : db_(std::move(db)),
      users_(*db_),
      sessions_(*db_),
      articles_(*db_),
      events_(*db_),
      outbox_(*db_),
      codes_(*db_),
      archive_(*db_),
      provider_states_(*db_),
      phones_(*db_) {}

result<done> postgres_connection::write_batch(std::span<const write> writes) {
  return batch_of_writes(*db_, writes).run();
}

result<done> postgres_connection::ping() {
  return as_done(db_->exec(probe));
}

} // namespace tinybook::storage::postgres
