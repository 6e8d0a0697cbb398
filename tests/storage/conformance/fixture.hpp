#pragma once

#include "storage/connection.hpp"
#include "storage/user_store.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

/// The conformance suites check that every back end does what the headers of storage/
/// say. Each is a function over a `database_fixture`; a back end's test file calls all of
/// them.
namespace tinybook::test {

/// A fresh, empty database of the back end under test.
class database_fixture {
 public:
  virtual ~database_fixture() = default;
  [[nodiscard]] virtual storage::database& database() = 0;

  [[nodiscard]] std::unique_ptr<storage::connection> writer() {
    auto opened = database().open_writer();
    REQUIRE(opened.ok());
    return std::move(*opened);
  }
  [[nodiscard]] std::unique_ptr<storage::connection> reader() {
    auto opened = database().open_reader();
    REQUIRE(opened.ok());
    return std::move(*opened);
  }
};

using make_fixture = std::function<std::unique_ptr<database_fixture>()>;

/// Some moment in whole milliseconds.
inline constexpr wall_time some_day{std::chrono::hours{24 * 20000}};

/// The value of a command that must succeed.
template <class M>
typename M::reply must(storage::connection& db, const M& command) {
  auto out = db.run(command);
  INFO("detail: ", out.ok() ? std::string() : out.error().detail);
  REQUIRE(out.ok());
  return std::move(*out);
}

/// Why a command fails, `none` where it does not.
template <class M>
errc error_of(storage::connection& db, const M& command) {
  auto out = db.run(command);
  return out.ok() ? errc::none : out.error().code;
}

inline user_id new_user(storage::connection& db, const std::string& email) {
  return must(db, storage::create_user{email, "hash", some_day}).id;
}

} // namespace tinybook::test
