#pragma once

#include "storage/postgres/database.hpp"
#include "storage/sms_outbox.hpp"

#include <pqxx/connection>

#include <chrono>
#include <cstdint>
#include <functional>
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

/// Runs `work` on that many threads, each with a connection of its own on which all
/// statements of the yardsticks are prepared. Returns the time since the last one was
/// ready; throws what one of them threw.
[[nodiscard]] std::chrono::duration<double>
on_connections(const std::string& url, int connections,
               const std::function<void(pqxx::connection&)>& work);

/// Log-ins of users `first` to `last` by the codes of the same numbers, in one
/// transaction on a connection of `on_connections`.
void use_raw(pqxx::connection& db, std::int64_t first, std::int64_t last);

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
