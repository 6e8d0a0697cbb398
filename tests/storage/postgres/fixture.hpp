#pragma once

#include "config/loader.hpp"
#include "storage/postgres/database.hpp"
#include "tests/storage/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"

#include <memory>
#include <string>
#include <utility>

namespace tinybook::test {

/// The server of all cases of this program that do not stop or freeze it.
inline postgres_server& shared_postgres() {
  static postgres_server server;
  return server;
}

/// Options with short timeouts, for tests that wait for them.
inline storage::postgres_options postgres_at(const std::string& url) {
  storage::postgres_options options{config::defaults().postgres};
  options.url = url;
  options.replica = "one";
  options.statement_timeout = std::chrono::milliseconds{2000};
  options.lock_timeout = std::chrono::milliseconds{1500};
  options.reconnect_base = std::chrono::milliseconds{10};
  options.reconnect_cap = std::chrono::milliseconds{100};
  return options;
}

inline std::unique_ptr<storage::postgres_database>
open_postgres(storage::postgres_options options) {
  auto opened = storage::postgres_database::open(std::move(options));
  REQUIRE(opened.ok());
  return std::move(*opened);
}

/// A database of the shared server. Emptied rather than recreated, which takes ten times
/// as long.
class postgres_fixture final : public database_fixture {
 public:
  postgres_fixture() {
    empty();
    database_ = open_postgres(postgres_at(shared_postgres().url("conformance")));
  }

  storage::database& database() override { return *database_; }

  /// Makes the database at the first call; removes all rows at the next ones.
  static void empty();

 private:
  std::unique_ptr<storage::postgres_database> database_;
};

inline std::unique_ptr<database_fixture> make_postgres() {
  return std::make_unique<postgres_fixture>();
}

/// A new, empty database of the shared server; its name.
[[nodiscard]] std::string new_postgres_database();

} // namespace tinybook::test
