#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "tests/storage/conformance/old_message.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

namespace {

void make_first_schema(const std::string& url) {
  using namespace storage::postgres;
  conninfo_parts parts;
  parts.url = url;
  link_options options;
  options.conninfo = make_conninfo(parts).value();
  const auto db = link::open(options, std::make_shared<socket_watchdog>());
  REQUIRE(db.ok());
  REQUIRE(ensure_schema(**db, storage::postgres_migrations().first(1)).ok());
}

} // namespace

TEST_CASE("connections that start at once make the schema once") {
  const auto url = shared_postgres().url(new_postgres_database());
  std::vector<errc> outcomes(6, errc::internal);
  std::vector<std::thread> replicas;
  for (auto& outcome : outcomes)
    replicas.emplace_back([&outcome, &url] {
      auto database = storage::postgres_database::open(postgres_at(url));
      auto pinged = (*(*database)->open_writer())->ping();
      outcome = pinged.ok() ? errc::none : pinged.error().code;
    });
  for (auto& replica : replicas)
    replica.join();
  for (const auto outcome : outcomes)
    CHECK(outcome == errc::none);
}

TEST_CASE("a reader makes the schema, too") {
  const auto database =
      open_postgres(postgres_at(shared_postgres().url(new_postgres_database())));
  auto db = database->open_reader().value();
  CHECK(db->ping().ok());
  CHECK(error_of(*db, storage::find_user{1}) == errc::user_not_found);
}

TEST_CASE("messages from before regions were kept are counted by their prefix") {
  const auto name = new_postgres_database();
  const auto options = postgres_at(shared_postgres().url(name));
  make_first_schema(options.url);
  static_cast<void>(shared_postgres().query(old_message("''"), name));
  const auto database = open_postgres(options);
  auto db = database->open_writer().value();
  check_old_message(*db);
}

TEST_CASE("a database of a newer version is refused, and nothing is changed") {
  const auto name = new_postgres_database();
  const auto database = open_postgres(postgres_at(shared_postgres().url(name)));
  REQUIRE((*database->open_writer())->ping().ok());
  static_cast<void>(shared_postgres().query(
      "INSERT INTO schema_migrations (number, name) VALUES (9999, 'later')", name));
  const auto refused = (*database->open_writer())->ping();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().detail.find("newer tinybook") != std::string::npos);
  CHECK(refused.error().detail.find("9999") != std::string::npos);
}

TEST_CASE("a database of another program is refused, and nothing is changed") {
  const auto name = new_postgres_database();
  static_cast<void>(shared_postgres().query("CREATE TABLE cats (name text)", name));
  const auto database = open_postgres(postgres_at(shared_postgres().url(name)));
  const auto refused = (*database->open_writer())->ping();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("not made by tinybook") != std::string::npos);
  CHECK(shared_postgres().query("SELECT count(*) FROM pg_tables WHERE schemaname "
                                "= 'public'",
                                name)
        == "1\n");
}

} // namespace tinybook::test
