#include "storage/sqlite/database.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/sqlite/child_process.hpp"
#include "tests/storage/sqlite/fixture.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

namespace tinybook::test {

using storage::connection;

namespace {

std::string email_of(int batch, int i) {
  return std::to_string(batch) + '-' + std::to_string(i) + "@example.org";
}

/// A batch of eight accounts with an about-me of 8 KiB each.
result<done> sign_up_batch(connection& db, int batch) {
  std::vector<connection::write> writes;
  for (int i = 0; i < 8; ++i)
    writes.emplace_back([&db, batch, i] {
      auto user = db.run(storage::create_user{email_of(batch, i), "h", some_day});
      return user.ok()
             && db.run(storage::edit_user{user->id, "n", "", std::string(8192, 'x'),
                                          some_day})
                    .ok();
    });
  return db.write_batch(writes);
}

/// How many accounts of the batch are there: 8 or 0, if batches are atomic.
int count_batch(connection& db, int batch) {
  int there = 0;
  for (int i = 0; i < 8; ++i)
    there += db.run(storage::find_user_by_email{email_of(batch, i)}).ok() ? 1 : 0;
  return there;
}

/// Batches until one fails; its number and why.
std::pair<int, failure> fill(connection& db) {
  for (int batch = 0; batch < 1000; ++batch)
    if (auto written = sign_up_batch(db, batch); !written)
      return {batch, written.error()};
  return {-1, errc::none};
}

} // namespace

TEST_CASE("a full database refuses cleanly, keeps what it has and goes on reading") {
  const temporary_folder folder;
  int refused = 0;
  {
    const auto small = open_sqlite({.folder = folder.path(), .max_pages = 200});
    auto db = small->open_writer().value();
    const auto [batch, why] = fill(*db);
    refused = batch;
    REQUIRE(refused > 0);
    CHECK(why.code == errc::storage_full);
    CHECK(why.retry_after.count() > 0);
    CHECK(count_batch(*db, refused) == 0);
    CHECK(count_batch(*db, refused - 1) == 8);
    CHECK(sign_up_batch(*db, refused).error().code == errc::storage_full);
    storage::create_user one{"one@example.org", std::string(100'000, 'h'), some_day};
    CHECK(error_of(*db, one) == errc::storage_full);
    CHECK(error_of(*db, storage::find_user_by_email{"one@example.org"})
          == errc::user_not_found);
    CHECK(db->ping().ok());
  }
  const auto roomy = open_sqlite({.folder = folder.path()});
  auto db = roomy->open_writer().value();
  CHECK(count_batch(*db, refused) == 0);
  CHECK(count_batch(*db, refused - 1) == 8);
  CHECK(sign_up_batch(*db, refused).ok());
}

TEST_CASE("a disk that fails a write fails the whole batch, and later ones work again") {
  const temporary_folder folder;
  child_process child([&](int) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto data = storage::sqlite_database::open({.folder = folder.path()});
    auto db = (*data)->open_writer().value();
    if (!sign_up_batch(*db, 0).ok())
      return 1;
    // From here on no file can grow: the log cannot take the next batch.
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto tight = limit;
    tight.rlim_cur = std::filesystem::file_size(folder.path() / "tinybook.db-wal");
    ::setrlimit(RLIMIT_FSIZE, &tight);
    auto refused = sign_up_batch(*db, 1);
    if (refused.ok() || refused.error().code != errc::unavailable)
      return 2;
    if (count_batch(*db, 1) != 0 || count_batch(*db, 0) != 8)
      return 3;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return sign_up_batch(*db, 2).ok() && count_batch(*db, 2) == 8 ? 0 : 4;
  });
  CHECK(child.wait() == 0);
  const auto data = open_sqlite({.folder = folder.path()});
  auto db = data->open_reader().value();
  CHECK(count_batch(*db, 0) == 8);
  CHECK(count_batch(*db, 1) == 0);
  CHECK(count_batch(*db, 2) == 8);
}

TEST_CASE("a database that another program locks for too long is busy") {
  const temporary_folder folder;
  const auto data = open_sqlite(
      {.folder = folder.path(), .busy_timeout = std::chrono::milliseconds{20}});
  auto db = data->open_writer().value();
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((folder.path() / "tinybook.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto refused = sign_up_batch(*db, 0);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::database_busy);
  CHECK(refused.error().retry_after.count() > 0);
  CHECK(error_of(*db, storage::create_user{"a", "h", some_day}) == errc::database_busy);
  CHECK(count_batch(*db, 0) == 0);
  sqlite3_close(other);
  CHECK(sign_up_batch(*db, 0).ok());
}

TEST_CASE("damage inside the file is found when the last process did not close it") {
  const temporary_folder folder;
  const auto file = folder.path() / "tinybook.db";
  {
    const auto data = open_sqlite({.folder = folder.path()});
    auto db = data->open_writer().value();
    for (int batch = 0; batch < 8; ++batch)
      REQUIRE(sign_up_batch(*db, batch).ok());
  }
  const auto size = std::filesystem::file_size(file);
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(4096);
  damaged << std::string(size - 4096, '\x5a');
  damaged.close();
  std::ofstream(file.string() + "-wal") << "left over";
  auto refused = storage::sqlite_database::open({.folder = folder.path()});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().detail.find("damaged") != std::string::npos);
}

TEST_CASE("kill -9 loses no batch that was reported, and leaves none in part") {
  const temporary_folder folder;
  int next = 0;
  for (int round = 0; round < 6; ++round) {
    child_process child([&](int report) {
      auto data = storage::sqlite_database::open({.folder = folder.path()});
      if (!data)
        return 1;
      auto db = (*data)->open_writer().value();
      for (int batch = next; sign_up_batch(*db, batch).ok(); ++batch)
        if (::write(report, &batch, sizeof batch) != sizeof batch)
          return 2;
      return 3;
    });
    int reported = -1;
    for (int i = 0; i < 5 + 7 * round; ++i)
      REQUIRE(child.read(&reported, sizeof reported));
    child.kill();
    while (child.read(&reported, sizeof reported))
      continue;
    const auto data = open_sqlite({.folder = folder.path()});
    auto db = data->open_reader().value();
    for (int batch = 0; batch <= reported; ++batch)
      REQUIRE(count_batch(*db, batch) == 8);
    const auto unreported = count_batch(*db, reported + 1);
    CHECK((unreported == 0 || unreported == 8));
    next = reported + (unreported == 8 ? 2 : 1);
  }
}

} // namespace tinybook::test
