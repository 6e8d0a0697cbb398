#include "storage/sqlite/database_facts.hpp"
#include "storage/sqlite/migrate.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/sqlite/child_process.hpp"
#include "tests/storage/sqlite/fixture.hpp"
#include "tests/support/file_content.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>

namespace tinybook::test {

namespace {

using storage::sqlite::look_at_database;

/// Every file of a folder with its content; of the index of the log, where readers leave
/// marks, that it is there.
std::map<std::string, std::string>
content_of_folder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto name = entry.path().filename().string();
    out[name] = name.ends_with("-shm") ? "" : content_of(entry.path());
  }
  return out;
}

storage::sqlite::database_facts seen(const std::filesystem::path& folder) {
  const auto before = content_of_folder(folder);
  auto looked = look_at_database(folder);
  REQUIRE_MESSAGE(looked.ok(), looked.error().detail);
  REQUIRE(looked->has_value());
  CHECK(content_of_folder(folder) == before);
  return std::move(**looked);
}

void submit_with_key(storage::database& to, const std::string& key) {
  auto message = sample_message("+8613800138000", some_day);
  message.key_id = key;
  REQUIRE((*to.open_writer())->run(storage::submit_message{message, {}}).ok());
}

} // namespace

TEST_CASE("a look at a closed database changes no file") {
  temporary_folder root;
  const auto folder = root.path() / "odd ?#%20 name";
  {
    auto database = open_sqlite({.folder = folder});
    submit_with_key(*database, "k-1");
  }
  const auto facts = seen(folder);
  CHECK(facts.schema.present == facts.known);
  CHECK_FALSE(facts.misfit.has_value());
  REQUIRE(facts.keys.has_value());
  CHECK(facts.keys->newest == "k-1");
  CHECK(facts.keys->waiting == std::vector<std::string>{"k-1"});
}

TEST_CASE("a look at a database that is open sees what was committed last") {
  sqlite_database_fixture fixture;
  submit_with_key(fixture.database(), "k-9");
  const auto facts = seen(fixture.folder());
  REQUIRE(facts.keys.has_value());
  CHECK(facts.keys->newest == "k-9");
}

TEST_CASE(
    "a look at the database of a killed server reads its log, or says that it cannot") {
  temporary_folder folder;
  child_process child{[&](int report) {
    auto database = storage::sqlite_database::open({.folder = folder.path()});
    auto writer = (*database)->open_writer();
    auto message = sample_message("+8613800138000", some_day);
    const bool done = (*writer)->run(storage::submit_message{message, {}}).ok();
    static_cast<void>(::write(report, &done, sizeof done) > 0);
    ::pause();
    return 0;
  }};
  bool done = false;
  REQUIRE(child.read(&done, sizeof done));
  REQUIRE(done);
  child.kill();
  CHECK(seen(folder.path()).keys->newest == "k1");
  std::filesystem::remove(folder.path() / "tinybook.db-shm");
  const auto before = content_of_folder(folder.path());
  const auto looked = look_at_database(folder.path());
  REQUIRE_FALSE(looked.ok());
  CHECK(looked.error().detail.find("shows at the next start") != std::string::npos);
  CHECK(content_of_folder(folder.path()) == before);
}

TEST_CASE("a look tells an older, a changed and a foreign database, and none") {
  temporary_folder folder;
  CHECK_FALSE(look_at_database(folder.path()).value().has_value());
  const auto file = folder.path() / "tinybook.db";
  REQUIRE(storage::sqlite::prepare_file(file).ok());
  const auto script = [&](const std::string& sql) {
    auto db = storage::sqlite::handle::open(file, {.read_only = false});
    REQUIRE((*db)->script(sql).ok());
  };
  script("CREATE TABLE theirs (id INTEGER)");
  CHECK(look_at_database(folder.path()).error().detail.find("not made by tinybook")
        != std::string::npos);
  script("DROP TABLE theirs");
  {
    auto db = storage::sqlite::handle::open(file, {.read_only = false});
    REQUIRE(
        storage::sqlite::migrate(**db, storage::sqlite_migrations().first(2), some_day)
            .ok());
  }
  CHECK(seen(folder.path()).schema.present == 2);
  static_cast<void>(open_sqlite({.folder = folder.path()}));
  script("ALTER TABLE users ADD COLUMN more TEXT");
  const auto facts = seen(folder.path());
  CHECK(facts.schema.present == facts.known);
  CHECK(facts.misfit.has_value());
}

} // namespace tinybook::test
