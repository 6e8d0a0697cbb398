#pragma once

#include "storage/sqlite/database.hpp"
#include "tests/storage/conformance/fixture.hpp"
#include "tests/support/temporary_folder.hpp"

#include <memory>
#include <utility>

namespace tinybook::test {

inline std::unique_ptr<storage::sqlite_database>
open_sqlite(storage::sqlite_options options) {
  auto opened = storage::sqlite_database::open(std::move(options));
  INFO("detail: ", opened.ok() ? std::string() : opened.error().detail);
  REQUIRE(opened.ok());
  return std::move(*opened);
}

class sqlite_database_fixture final : public database_fixture {
 public:
  storage::database& database() override { return *database_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  temporary_folder folder_;
  std::unique_ptr<storage::sqlite_database> database_ =
      open_sqlite({.folder = folder_.path()});
};

inline std::unique_ptr<database_fixture> make_sqlite() {
  return std::make_unique<sqlite_database_fixture>();
}

} // namespace tinybook::test
