#include "http/app/start_checks.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace tinybook::http {

TEST_CASE("a secret in the data folder that is a link is refused, wherever it leads") {
  const tinybook::test::temporary_folder folder;
  const auto secret = folder.path() / "keys.json";
  CHECK(refuse_link(secret, "keys.file").ok());
  std::ofstream{folder.path() / "elsewhere"} << "{}";
  for (const auto* target : {"elsewhere", "nowhere"}) {
    std::filesystem::create_symlink(folder.path() / target, secret);
    const auto refused = refuse_link(secret, "keys.file");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().detail.find("keys.json is a link") != std::string::npos);
    CHECK(refused.error().detail.find("keys.file") != std::string::npos);
    std::filesystem::remove(secret);
  }
  std::ofstream{secret} << "{}";
  CHECK(refuse_link(secret, "keys.file").ok());
}

} // namespace tinybook::http
