#include "storage/migrations/migration.hpp"
#include "storage/migrations/sqlite_0001.hpp"
#include "storage/migrations/sqlite_0002.hpp"
#include "storage/migrations/sqlite_0004.hpp"
#include "storage/migrations/sqlite_0005.hpp"
#include "storage/migrations/sqlite_0006.hpp"
#include "storage/migrations/sqlite_0007.hpp"
#include "storage/migrations/sqlite_0009.hpp"
#include "storage/migrations/sqlite_0010.hpp"
#include "storage/migrations/sqlite_0011.hpp"
#include "storage/migrations/sqlite_0012.hpp"
#include "storage/migrations/sqlite_0013.hpp"

#include <array>

namespace tinybook::storage {

std::span<const migration> sqlite_migrations() {
  static constexpr auto steps = std::to_array<migration>({
      {1, "first schema", sqlite_0001},
      {2, "region of a message", sqlite_0002},
      {3, "one form of each phone", "", rewrite::phones},
      {4, "early delivery reports", sqlite_0004},
      {5, "what verifies a code", sqlite_0005},
      {6, "when a token was first shown", sqlite_0006},
      {7, "answers to repeated saves", sqlite_0007},
      {8, "one form of each e-mail", "", rewrite::emails},
      {9, "who entered a code", sqlite_0009},
      {10, "what is known of sessions", sqlite_0010, rewrite::nothing, 9},
      {11, "audit, proofs, what is hidden", sqlite_0011, rewrite::nothing, 9},
      {12, "what each author has stored", sqlite_0012, rewrite::nothing, 9},
      {13, "sessions that live", sqlite_0013, rewrite::nothing, 9},
  });
  return steps;
}

} // namespace tinybook::storage
