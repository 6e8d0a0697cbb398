#include "config/loader.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "storage/postgres/replica_session.hpp"
#include "storage/sqlite/folder.hpp"
#include "storage/sqlite/migrate.hpp"
#include "tests/storage/conformance/later_steps.hpp"
#include "tests/storage/conformance/old_message.hpp"
#include "tests/storage/conformance/phone_rewrite_cases.hpp"
#include "tests/storage/postgres/fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook::test {

namespace {

/// The schema as `steps` make it.
void make_schema(const std::string& url, std::span<const storage::migration> steps) {
  using namespace storage::postgres;
  auto settings = config::defaults().postgres;
  settings.url = url;
  link_options options;
  options.conninfo = make_conninfo(settings, "older").value();
  options.statement_timeout = settings.statement_timeout;
  const auto db = link::open(options, std::make_shared<socket_watchdog>());
  REQUIRE(db.ok());
  REQUIRE(ensure_schema(**db, steps).ok());
}

/// The schema as its first `steps` make it.
void make_older_schema(const std::string& url, std::size_t steps) {
  make_schema(url, storage::postgres_migrations().first(steps));
}

std::set<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string line; std::getline(in, line);)
    out.insert(line);
  return out;
}

/// What `all` has and `some` has not, a line each.
std::string without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::string out;
  for (const auto& one : all)
    if (!some.contains(one))
      out += one + '\n';
  return out;
}

/// With the schema from before phones had a canonical form.
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

// The stores' SQL is written once, for both.
TEST_CASE("both schemas have the same tables and columns, but for what replicas need") {
  const auto name = new_postgres_database();
  REQUIRE(open_postgres(postgres_at(shared_postgres().url(name)))
              ->open_writer()
              .value()
              ->ping()
              .ok());
  const auto in_postgres = lines_of(shared_postgres().query(
      "SELECT table_name || '.' || column_name FROM information_schema.columns"
      " WHERE table_schema = 'public'",
      name));
  const temporary_folder folder;
  const auto file = folder.path() / "schema.db";
  REQUIRE(storage::sqlite::prepare_file(file).ok());
  auto db = storage::sqlite::handle::open(
                file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}})
                .value();
  REQUIRE(storage::sqlite::migrate(*db, storage::sqlite_migrations(), some_day).ok());
  const auto columns = db->all("SELECT t.name || '.' || c.name FROM sqlite_schema t,"
                               " pragma_table_xinfo(t.name) c"
                               " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
                               [](storage::row& r) { return r.text(); })
                           .value();
  const std::set<std::string> in_sqlite(columns.begin(), columns.end());
  // A table of the first version that nothing reads.
  CHECK(without(in_sqlite, in_postgres) == "meta.key\nmeta.value\n");
  CHECK(without(in_postgres, in_sqlite)
        == "article_events.origin\nreplicas.backend\nreplicas.local_parts\n"
           "replicas.name\nreplicas.since\n");
}

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

TEST_CASE("stored phones are brought to their canonical form, once") {
  older_postgres old;
  older_database_is_rewritten_once(old);
}

TEST_CASE("replicas that start at once rewrite phones once") {
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

TEST_CASE("replicas work with a newer schema that only adds, as far as its floor "
          "allows") {
  const auto url = shared_postgres().url(new_postgres_database());
  const auto steps = with_later_steps(storage::postgres_migrations(),
                                      "ALTER TABLE users ADD COLUMN shoe_size integer;");
  make_schema(url, std::span{steps}.first(steps.size() - 1));
  const std::shared_ptr<storage::postgres_database> database =
      open_postgres(postgres_at(url));
  storage::postgres::replica_session session{database, {}};
  const auto placed = session.take_place();
  CHECK_MESSAGE(placed.what == storage::postgres::place::held, placed.why);
  must(*database->open_writer().value(),
       storage::create_user{"a@example.org", "", some_day});
  make_schema(url, steps);
  const auto refused = (*database->open_writer())->ping();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("needs a program that knows version "
                                    + std::to_string(steps.back().number))
        != std::string::npos);
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
