#include "storage/article_store.hpp"
#include "storage/migrations/schema_parts.hpp"
#include "storage/sqlite/migrate.hpp"
#include "tests/storage/conformance/account_client.hpp"
#include "tests/storage/conformance/later_steps.hpp"
#include "tests/storage/conformance/old_message.hpp"
#include "tests/storage/conformance/phone_rewrite_cases.hpp"
#include "tests/storage/sqlite/child_process.hpp"
#include "tests/storage/sqlite/fixture.hpp"
#include "tests/support/file_content.hpp"
#include "tests/support/file_mode.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tinybook::test {

using storage::sqlite_database;

namespace {

/// What opening the folder fails with; the empty failure where it does not.
failure why_refused(const std::filesystem::path& folder) {
  auto opened = sqlite_database::open({.folder = folder});
  return opened.ok() ? failure(errc::none) : opened.error();
}

bool mentions(const failure& why, std::string_view word) {
  return why.detail.find(word) != std::string::npos;
}

void run_sql(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

/// With the schema from before phones had a canonical form.
class older_sqlite final : public older_database {
 public:
  older_sqlite() {
    REQUIRE(storage::sqlite::prepare_file(file_).ok());
    auto db = raw();
    REQUIRE(storage::sqlite::migrate(*db, storage::sqlite_migrations().first(2), some_day)
                .ok());
    REQUIRE(db->script(rows_of_older_database("x'01'")).ok());
  }

  std::unique_ptr<storage::database> open(storage::row_rewrites rewrites) override {
    return open_sqlite({.folder = folder_.path(), .rewrites = std::move(rewrites)});
  }
  std::string query(const std::string& sql) override {
    auto found = raw()->one(sql.c_str(), [](storage::row& r) { return r.text(); });
    return found.value().value();
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  [[nodiscard]] std::unique_ptr<storage::sqlite::handle> raw() const {
    return storage::sqlite::handle::open(
               file_, {.read_only = false, .busy_timeout = std::chrono::seconds{2}})
        .value();
  }

  temporary_folder folder_;
  std::filesystem::path file_ = folder_.path() / "tinybook.db";
};

} // namespace

TEST_CASE("a missing folder is made for its owner alone, and so are the files") {
  const temporary_folder root;
  const auto folder = root.path() / "deep" / "data";
  const auto db = open_sqlite({.folder = folder});
  auto writer = db->open_writer();
  REQUIRE(writer.ok());
  new_user(**writer, "a@example.org");
  CHECK(mode_of(folder) == 0700);
  for (const auto* name :
       {"tinybook.db", "tinybook.db-wal", "tinybook.db-shm", "tinybook.lock"})
    CHECK(mode_of(folder / name) == 0600);
}

TEST_CASE("what was written is there when the database is opened again") {
  const temporary_folder folder;
  user_id id = 0;
  {
    const auto db = open_sqlite({.folder = folder.path()});
    auto writer = db->open_writer();
    id = new_user(**writer, "a@example.org");
  }
  const auto db = open_sqlite({.folder = folder.path()});
  auto reader = db->open_reader();
  CHECK(must(**reader, storage::find_user_by_email{"a@example.org"}).id == id);
}

TEST_CASE("a folder that is in use is refused and the holder named") {
  const temporary_folder folder;
  const auto db = open_sqlite({.folder = folder.path()});
  const auto why = why_refused(folder.path());
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, std::to_string(::getpid())));
  CHECK(mentions(why, folder.path().string()));
}

TEST_CASE("a database of a newer version is refused and left as it is") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  const auto file = folder.path() / "tinybook.db";
  run_sql(file, "INSERT INTO schema_migrations VALUES (999, 'later', 0)");
  const auto why = why_refused(folder.path());
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, "newer"));
  CHECK(mentions(why, "999"));
  run_sql(file, "DELETE FROM schema_migrations WHERE number = 999");
  CHECK(why_refused(folder.path()).code == errc::none);
}

TEST_CASE("a newer schema that only adds is worked with, as far as its floor allows") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  const auto upgrade = [&](std::span<const storage::migration> steps) {
    auto db = storage::sqlite::handle::open(
        folder.path() / "tinybook.db",
        {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
    REQUIRE(storage::sqlite::migrate(**db, steps, some_day).ok());
  };
  const auto steps = with_later_steps(storage::sqlite_migrations(),
                                      "ALTER TABLE users ADD COLUMN shoe_size INTEGER;");
  upgrade(std::span{steps}.first(steps.size() - 1));
  {
    const auto db = open_sqlite({.folder = folder.path()});
    must(*db->open_writer().value(), storage::create_user{"a@example.org", "", some_day});
  }
  upgrade(steps);
  CHECK(mentions(why_refused(folder.path()), "needs a program that knows version "
                                                 + std::to_string(steps.back().number)));
}

TEST_CASE("a newer schema without a column that is needed is refused, and it is named") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  const auto known = std::to_string(storage::sqlite_migrations().size());
  const auto later = "INSERT INTO schema_migrations VALUES (999, 'later', 0);"
                     "INSERT INTO schema_floors VALUES (999, "
                     + known + ");ALTER TABLE users DROP COLUMN about_me";
  run_sql(folder.path() / "tinybook.db", later.c_str());
  CHECK(mentions(why_refused(folder.path()), "column users.about_me is missing"));
}

TEST_CASE("a database that no step was added to since there are floors has none, and is "
          "served") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  run_sql(folder.path() / "tinybook.db", "DROP TABLE schema_floors");
  CHECK(why_refused(folder.path()).code == errc::none);
}

TEST_CASE("a folder that others may write into is nobody's own") {
  using storage::sqlite::access_to;
  namespace fs = std::filesystem;
  const temporary_folder folder;
  const auto with = [&](unsigned mode) {
    fs::permissions(folder.path(), fs::perms{mode});
    return access_to(folder.path());
  };
  CHECK(with(0700) == folder_access::own);
  CHECK(with(0755) == folder_access::own);
  CHECK(with(0770) == folder_access::group);
  CHECK(with(0777) == folder_access::others);
  CHECK(with(01777) == folder_access::others);
  CHECK(access_to(folder.path() / "nothing") == folder_access::own);
  if (::geteuid() != 0)
    return;
  REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
  CHECK(with(0700) == folder_access::others);
  REQUIRE(::chown(folder.path().c_str(), 0, 0) == 0);
}

TEST_CASE("a database of another program is refused") {
  const temporary_folder folder;
  run_sql(folder.path() / "tinybook.db", "CREATE TABLE songs (id INTEGER)");
  CHECK(mentions(why_refused(folder.path()), "not made by tinybook"));
}

TEST_CASE("a schema that the migrations do not make is refused, and the part named") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  const auto file = folder.path() / "tinybook.db";
  run_sql(file, "CREATE TABLE notes_of_the_operator (id INTEGER PRIMARY KEY); "
                "CREATE INDEX users_by_birthday ON users (birthday); ANALYZE");
  CHECK(why_refused(folder.path()).code == errc::none);

  run_sql(file, "ALTER TABLE users ADD COLUMN shoe_size INTEGER NOT NULL DEFAULT 0");
  CHECK(mentions(why_refused(folder.path()), "users"));
  run_sql(file, "ALTER TABLE users DROP COLUMN shoe_size");
  CHECK(why_refused(folder.path()).code == errc::none);

  run_sql(file, "CREATE UNIQUE INDEX one_name ON users (nickname)");
  CHECK(mentions(why_refused(folder.path()), "index one_name is not known"));
  run_sql(file, "DROP INDEX one_name; CREATE TRIGGER gone AFTER INSERT ON users BEGIN "
                "DELETE FROM articles; END");
  CHECK(mentions(why_refused(folder.path()), "trigger gone is not known"));
  run_sql(file, "DROP TRIGGER gone");
  CHECK(why_refused(folder.path()).code == errc::none);

  run_sql(file, "DROP INDEX collections_by_user");
  CHECK(mentions(why_refused(folder.path()), "index collections_by_user is missing"));
}

TEST_CASE("two long definitions are shown from shortly before where they differ") {
  const std::string same(300, 'x');
  const auto told = storage::schema_difference({{"t", "index i", same + " belongs"}},
                                               {{"t", "index i", same + " is"}});
  const std::string end(39, 'x');
  CHECK(told == "index i is \"…" + end + " is\" where \"…" + end + " belongs\" belongs");
  CHECK(storage::schema_difference({{"t", "index i", "a  b"}}, {{"t", "index i", "a\nb"}})
            .empty());
}

TEST_CASE("a database of migrations that were edited later is refused") {
  const temporary_folder folder;
  const auto file = folder.path() / "tinybook.db";
  {
    REQUIRE(storage::sqlite::prepare_file(file).ok());
    auto db = storage::sqlite::handle::open(
        file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
    const auto steps = storage::sqlite_migrations();
    std::string edited = steps[0].sql;
    const std::string_view column = "  about_me TEXT NOT NULL DEFAULT '',\n";
    REQUIRE(edited.find(column) != std::string::npos);
    edited.erase(edited.find(column), column.size());
    std::vector<storage::migration> other(steps.begin(), steps.end());
    other[0].sql = edited.c_str();
    REQUIRE(storage::sqlite::migrate(**db, other, some_day).ok());
  }
  const auto why = why_refused(folder.path());
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, "column users.about_me is missing"));
}

TEST_CASE("a file with a damaged head is refused") {
  const temporary_folder folder;
  open_sqlite({.folder = folder.path()});
  const auto file = folder.path() / "tinybook.db";
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      << "garbage garbage!";
  const auto why = why_refused(folder.path());
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, "tinybook.db"));
  CHECK(mentions(why, "damaged"));
}

TEST_CASE("a file in place of the folder is refused") {
  const temporary_folder root;
  std::ofstream(root.path() / "data") << "x";
  const auto why = why_refused(root.path() / "data");
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, "not a folder"));
}

TEST_CASE("a folder that cannot be made is refused with the system's message") {
  const auto why = why_refused("/proc/tinybook");
  CHECK(why.code == errc::unavailable);
  CHECK(mentions(why, "/proc/tinybook"));
}

TEST_CASE("migrations run once, also from two openers at the same time") {
  const temporary_folder folder;
  const auto file = folder.path() / "tinybook.db";
  REQUIRE(storage::sqlite::prepare_file(file).ok());
  std::vector<std::thread> openers;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i)
    openers.emplace_back([&] {
      auto db = storage::sqlite::handle::open(
          file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
      if (db
          && storage::sqlite::migrate(**db, storage::sqlite_migrations(), some_day).ok())
        ++good;
    });
  for (auto& opener : openers)
    opener.join();
  CHECK(good == 4);
  auto db = storage::sqlite::handle::open(
      file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
  REQUIRE(db.ok());
  auto rows = (*db)->one("SELECT count(*) FROM schema_migrations",
                         [](storage::row& r) { return r.number(); });
  CHECK(rows->value_or(0)
        == static_cast<std::int64_t>(storage::sqlite_migrations().size()));
}

TEST_CASE("stored phones are brought to their canonical form, once") {
  older_sqlite old;
  older_database_is_rewritten_once(old);
}

TEST_CASE("an upgrade that is killed while it rewrites phones is completed by the next "
          "start") {
  older_sqlite old;
  child_process upgrade{[&](int) {
    int calls = 0;
    auto opened =
        sqlite_database::open({.folder = old.folder(),
                               .rewrites = {{[&calls](const std::string& phone) {
                                               if (++calls == 20)
                                                 ::raise(SIGKILL);
                                               return with_mobile_token(phone);
                                             },
                                             {}},
                                            {}}});
    return opened.ok() ? 0 : 1;
  }};
  CHECK(upgrade.wait() == -1);
  CHECK(old.query("SELECT phone FROM users WHERE id = 1") == "+541111111111");
  older_database_is_rewritten_once(old);
}

TEST_CASE("messages from before regions were kept are counted by their prefix") {
  const temporary_folder folder;
  const auto file = folder.path() / "tinybook.db";
  REQUIRE(storage::sqlite::prepare_file(file).ok());
  {
    auto db = storage::sqlite::handle::open(
        file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
    REQUIRE(db.ok());
    REQUIRE(
        storage::sqlite::migrate(**db, storage::sqlite_migrations().first(1), some_day)
            .ok());
    REQUIRE((*db)->script(old_message("x''")).ok());
  }
  const auto database = open_sqlite({.folder = folder.path()});
  auto db = database->open_writer().value();
  check_old_message(*db);
}

TEST_CASE("a migration that fails leaves nothing of itself") {
  const temporary_folder folder;
  const auto file = folder.path() / "tinybook.db";
  REQUIRE(storage::sqlite::prepare_file(file).ok());
  auto db = storage::sqlite::handle::open(
      file, {.read_only = false, .busy_timeout = std::chrono::seconds{2}});
  REQUIRE(db.ok());
  const std::vector<storage::migration> steps{
      {1, "good", "CREATE TABLE a (x)"},
      {2, "bad", "CREATE TABLE b (x); CREATE TABLE a (x)"}};
  CHECK_FALSE(storage::sqlite::migrate(**db, steps, some_day).ok());
  auto tables = (*db)->all("SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')",
                           [](storage::row& r) { return r.text(); });
  CHECK(*tables == std::vector<std::string>{"a"});
}

TEST_CASE("what is deleted cannot be found in the file, nor what it was before") {
  const temporary_folder folder;
  const auto found = [&](const std::string& word) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
      if (entry.is_regular_file()) {
        const auto text = content_of(entry.path());
        for (auto at = text.find(word); at != std::string::npos;
             at = text.find(word, at + 1))
          ++count;
      }
    return count;
  };
  article_id id = 0;
  user_id author = 0;
  const auto with_writer = [&](auto run) {
    const auto database = open_sqlite({.folder = folder.path()});
    const auto db = database->open_writer().value();
    run(*db);
  };
  with_writer([&](storage::connection& db) {
    author = new_user(db, "a@example.org");
    std::string content;
    for (int i = 0; i < 2'000; ++i)
      content += "marked words ";
    id = must(db, storage::publish_article{{0, author, "T", content, ""}, some_day}).id;
    must(db, storage::save_draft{{id, author, "T", "short", ""}, some_day});
  });
  CHECK(found("marked words") >= 1'000);
  with_writer([&](storage::connection& db) {
    must(db, storage::delete_article{id, author, some_day});
  });
  CHECK(found("marked words") == 0);
}

TEST_CASE("the log of earlier pages does not keep who was erased") {
  const temporary_folder folder;
  const auto database = open_sqlite({.folder = folder.path()});
  const auto db = database->open_writer().value();
  const auto log = folder.path() / "tinybook.db-wal";
  const auto user = new_user(*db, "marked.person@example.org");
  account_client accounts{*db};
  accounts.log_in(user, "home");
  must(*db, accounts.deletion(user, "home"));
  CHECK(content_of(log).find("marked.person") != std::string::npos);
  accounts.erase(user);
  CHECK(content_of(log).find("marked.person") == std::string::npos);
  CHECK(content_of(folder.path() / "tinybook.db").find("marked.person")
        == std::string::npos);
}

} // namespace tinybook::test
