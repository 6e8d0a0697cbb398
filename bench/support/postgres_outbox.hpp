#pragma once

#include "storage/postgres/database.hpp"
#include "storage/sms_outbox.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::bench {

/// The connection settings of a replica with that name, without a replica session.
[[nodiscard]] std::shared_ptr<storage::postgres_database>
open_postgres(const std::string& url, const std::string& replica);

/// Makes the schema, if it is not there, and stores the messages by the product's store.
void store_in_postgres(storage::postgres_database& database,
                       const std::vector<storage::submit_message>& messages);

/// Inserts the messages with plain libpqxx: prepared statements, `batch` rows a
/// transaction, over that many connections, each on a thread. Rows a second, up to the
/// last commit.
[[nodiscard]] double insert_raw(const std::string& url,
                                const std::vector<storage::submit_message>& messages,
                                int connections, std::size_t batch);

/// Claims all due rows (FOR UPDATE SKIP LOCKED), `batch` in one transaction, and ends
/// them, each with its attempt, in a second, in the same way. Rows a second.
[[nodiscard]] double drain_raw(const std::string& url, int connections, int batch);

} // namespace tinybook::bench
