#include "storage/postgres/connection.hpp"

#include "storage/postgres/batch_of_writes.hpp"

namespace tinybook::storage::postgres {

namespace {

constexpr auto probe = "SELECT 1";

} // namespace

result<done> postgres_connection::write_batch(std::span<const write> writes) {
  return batch_of_writes(*db_, writes).run();
}

result<done> postgres_connection::ping() {
  return as_done(db_->exec(probe));
}

} // namespace tinybook::storage::postgres
