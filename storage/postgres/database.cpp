#include "storage/postgres/database.hpp"

#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"

#include <utility>

namespace tinybook::storage {

postgres_database::postgres_database(postgres_options options, std::string conninfo)
    : options_(std::move(options)),
      conninfo_(std::move(conninfo)),
      admitted_(std::make_shared<std::atomic<bool>>(!options_.gated)) {}

result<std::unique_ptr<postgres_database>>
postgres_database::open(postgres_options options) {
  auto conninfo = postgres::make_conninfo(options, options.replica);
  if (!conninfo)
    return conninfo.error();
  return std::unique_ptr<postgres_database>(
      new postgres_database(std::move(options), std::move(*conninfo)));
}

postgres::link_options postgres_database::session_options(bool read_only) const {
  return {.conninfo = conninfo_,
          .replica = options_.replica,
          .statement_timeout = options_.statement_timeout,
          .lock_timeout = options_.lock_timeout,
          .read_only = read_only};
}

result<std::unique_ptr<connection>> postgres_database::open_writer() {
  return open_connection(false);
}

result<std::unique_ptr<connection>> postgres_database::open_reader() {
  return open_connection(true);
}

std::unique_ptr<connection> postgres_database::open_connection(bool read_only) {
  postgres::handle_options options;
  options.session = session_options(read_only);
  options.reconnect = {.base = options_.reconnect_base, .cap = options_.reconnect_cap};
  options.admitted = admitted_;
  options.rewrites = options_.rewrites;
  return std::make_unique<postgres::postgres_connection>(
      std::make_unique<postgres::handle>(std::move(options), watchdog_));
}

} // namespace tinybook::storage
