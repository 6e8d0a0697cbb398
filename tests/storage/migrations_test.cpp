#include "storage/migrations/migration.hpp"
#include "storage/support/crypto.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string_view>
#include <vector>

namespace tinybook::test {

namespace {

std::vector<std::string> hashes_of(std::span<const storage::migration> steps) {
  std::vector<std::string> out;
  for (const auto& step : steps)
    out.push_back(sha256_hex(step.sql).substr(0, 16));
  return out;
}

} // namespace

// Existing databases were made by exactly these statements. A correction is a new
// migration: its line is added here, and no other changes.
TEST_CASE("a migration never changes once it is on main") {
  CHECK(hashes_of(storage::sqlite_migrations())
        == std::vector<std::string>{"703cff631a89c3d6", "66d641b809d7809e",
                                    "e3b0c44298fc1c14", "d763e3c0f2201747",
                                    "47c5688010f88a91", "6c61a6803d2cf7a5",
                                    "23f512dc1b2175d6", "e3b0c44298fc1c14"});
  CHECK(hashes_of(storage::postgres_migrations())
        == std::vector<std::string>{"b7a3778708537108", "d0f0e53e37ceb63b",
                                    "e3b0c44298fc1c14", "61293a87cffce62f",
                                    "8b3f9f071d4d5b28", "985917debcff0e8c",
                                    "29553ddab9576ab0", "e3b0c44298fc1c14"});
}

} // namespace tinybook::test
