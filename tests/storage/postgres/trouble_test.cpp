#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <poll.h>
#include <string>
#include <vector>

namespace tinybook::test {

using storage::connection;

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long `call` takes.
milliseconds time_of(const std::function<void()>& call) {
  const auto begin = steady::now();
  call();
  return std::chrono::duration_cast<milliseconds>(steady::now() - begin);
}

/// Until `there` holds; false after ten seconds.
bool comes_true(const std::function<bool()>& there) {
  const auto until = steady::now() + std::chrono::seconds{10};
  while (!there()) {
    if (steady::now() > until)
      return false;
    ::poll(nullptr, 0, 10);
  }
  return true;
}

/// A server of its own with two connections.
struct own_server {
  own_server() {
    auto options = postgres_at(server.url());
    options.statement_timeout = milliseconds{300};
    options.lock_timeout = milliseconds{200};
    database = open_postgres(options);
    db = database->open_writer().value();
  }

  errc sign_up(const std::string& email) {
    return error_of(*db, storage::create_user{email, "h", some_day});
  }
  errc sign_up_in_batch(const std::string& email) {
    errc why = errc::none;
    const std::vector<connection::write> writes{[&] {
      auto out = db->run(storage::create_user{email, "h", some_day});
      why = out.ok() ? errc::none : out.error().code;
      return out.ok();
    }};
    auto written = db->write_batch(writes);
    return written.ok() ? why : written.error().code;
  }

  postgres_server server;
  std::unique_ptr<storage::postgres_database> database;
  std::unique_ptr<connection> db;
};

} // namespace

TEST_CASE("a server that is stopped fails commands at once, and they work again after") {
  own_server own;
  REQUIRE(own.sign_up("a") == errc::none);
  CHECK(own.db->missing() == nullptr);
  own.server.stop();
  CHECK(own.sign_up("b") == errc::unavailable);
  CHECK(std::string(own.db->missing()) == "postgres");
  const auto took = time_of([&] {
    for (int i = 0; i < 100; ++i) {
      auto out = own.db->run(storage::find_user_by_email{"a"});
      REQUIRE_FALSE(out.ok());
      CHECK(out.error().code == errc::unavailable);
      CHECK(out.error().retry_after.count() > 0);
    }
  });
  CHECK(took < milliseconds{1000});
  own.server.start();
  CHECK(comes_true([&] { return own.sign_up("c") == errc::none; }));
  CHECK(own.db->missing() == nullptr);
  CHECK(own.sign_up("a") == errc::email_taken);
}

TEST_CASE("after a restart a read or a batch on an old connection does not fail") {
  own_server own;
  REQUIRE(own.sign_up("a") == errc::none);
  own.server.stop();
  own.server.start();
  CHECK(error_of(*own.db, storage::find_user_by_email{"a"}) == errc::none);
  own.server.stop();
  own.server.start();
  CHECK(own.sign_up_in_batch("b") == errc::none);
}

TEST_CASE("what was committed is there after kill -9 of the server") {
  postgres_server server({.fsync = true});
  const auto database = open_postgres(postgres_at(server.url()));
  auto db = database->open_writer().value();
  REQUIRE(error_of(*db, storage::create_user{"a", "h", some_day}) == errc::none);
  server.kill();
  CHECK(error_of(*db, storage::create_user{"b", "h", some_day}) == errc::unavailable);
  server.start();
  CHECK(comes_true([&] {
    return error_of(*db, storage::create_user{"a", "h", some_day}) == errc::email_taken;
  }));
}

TEST_CASE(
    "a server that is frozen holds a command for the statement timeout and a second, "
    "and the next ones not at all") {
  own_server own;
  REQUIRE(own.sign_up("a") == errc::none);
  own.server.freeze();
  const auto took = time_of([&] { CHECK(own.sign_up("b") == errc::unavailable); });
  CHECK(took >= milliseconds{300});
  CHECK(took < milliseconds{2000});
  CHECK(time_of([&] { CHECK(own.sign_up("b") == errc::unavailable); })
        < milliseconds{50});
  own.server.thaw();
  CHECK(comes_true([&] {
    const auto now = own.sign_up("c");
    return now == errc::none || now == errc::email_taken;
  }));
}

TEST_CASE("a frozen server fails a batch whole") {
  own_server own;
  REQUIRE(own.sign_up("a") == errc::none);
  own.server.freeze();
  CHECK(own.sign_up_in_batch("b") == errc::unavailable);
  own.server.thaw();
  CHECK(comes_true([&] { return own.sign_up_in_batch("c") == errc::none; }));
}

TEST_CASE("without a server connections open, and commands fail until it is there") {
  postgres_server server;
  server.stop();
  const auto database = open_postgres(postgres_at(server.url()));
  auto db = database->open_writer().value();
  CHECK(db->ping().error().code == errc::unavailable);
  server.start();
  CHECK(comes_true([&] { return db->ping().ok(); }));
}

TEST_CASE("a wrong password is reported clearly, without quoting any password") {
  auto options = postgres_at(shared_postgres().url());
  options.password = "not-the-secret";
  const auto database = open_postgres(options);
  auto db = database->open_writer().value();
  const auto refused = db->ping();
  REQUIRE_FALSE(refused.ok());
  const auto& detail = refused.error().detail;
  INFO(detail);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(detail.find("password authentication failed") != std::string::npos);
  CHECK(detail.find("not-the-secret") == std::string::npos);
  CHECK(detail.find(postgres_server::password()) == std::string::npos);
}

TEST_CASE("a URL that libpq cannot read is refused without quoting it") {
  auto refused =
      storage::postgres_database::open(postgres_at("postgresql://me:%zzsecret@host/db"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail.find("secret") == std::string::npos);
  CHECK(refused.error().detail.find("postgres.url") != std::string::npos);
}

TEST_CASE("the password of the options replaces one in the URL") {
  auto options = postgres_at("postgresql://tinybook:wrong@127.0.0.1:"
                             + std::to_string(shared_postgres().port()) + "/postgres");
  options.password = postgres_server::password();
  const auto database = open_postgres(options);
  CHECK((*database->open_writer())->ping().ok());
}

} // namespace tinybook::test
