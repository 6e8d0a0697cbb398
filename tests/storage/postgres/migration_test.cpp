#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "tests/storage/conformance/old_message.hpp"
#include "tests/storage/conformance/phone_rewrite_cases.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook::test {

namespace {

/// The schema as its first `steps` make it.
void make_older_schema(const std::string& url, std::size_t steps) {
  using namespace storage::postgres;
  conninfo_parts parts;
  parts.url = url;
  link_options options;
  options.conninfo = make_conninfo(parts).value();
  const auto db = link::open(options, std::make_shared<socket_watchdog>());
  REQUIRE(db.ok());
  REQUIRE(ensure_schema(**db, storage::postgres_migrations().first(steps)).ok());
}

/// With the schema as it was before phones had one form.
class older_postgres final : public older_database {
 public:
  older_postgres() {
    make_older_schema(options_.url, 2);
    static_cast<void>(query(rows_of_older_database("'x'")));
  }

  std::unique_ptr<storage::database> open(storage::row_rewrites rewrites) override {
    auto options = options_;
    options.rewrites = std::move(rewrites);
    return open_postgres(options);
  }
  std::string query(const std::string& sql) override {
    auto said = shared_postgres().query(sql, name_);
    return said.substr(0, said.find('\n'));
  }

 private:
  std::string name_ = new_postgres_database();
  storage::postgres_options options_ = postgres_at(shared_postgres().url(name_));
};

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

TEST_CASE("stored phones are brought to their one form, once") {
  older_postgres old;
  older_database_is_rewritten_once(old);
}

TEST_CASE("replicas that start at once spell phones anew once") {
  older_postgres old;
  std::mutex mutex;
  std::vector<storage::phones_rewritten> told;
  const auto database = old.open({{with_mobile_token,
                                   [&](const storage::phones_rewritten& what) {
                                     std::lock_guard lock{mutex};
                                     told.push_back(what);
                                   }},
                                  {}});
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i)
    replicas.emplace_back([&] { CHECK((*database->open_writer())->ping().ok()); });
  for (auto& replica : replicas)
    replica.join();
  check_rewritten(old, *database->open_writer().value());
  REQUIRE(told.size() == 1);
  check_told(told[0]);
}

TEST_CASE("messages from before regions were kept are counted by their prefix") {
  const auto name = new_postgres_database();
  const auto options = postgres_at(shared_postgres().url(name));
  make_older_schema(options.url, 1);
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
