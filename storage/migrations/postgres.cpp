#include "storage/migrations/migration.hpp"
#include "storage/migrations/postgres_0001.hpp"
#include "storage/migrations/postgres_0002.hpp"
#include "storage/migrations/postgres_0004.hpp"
#include "storage/migrations/postgres_0005.hpp"
#include "storage/migrations/postgres_0006.hpp"
#include "storage/migrations/postgres_0007.hpp"
#include "storage/migrations/postgres_0009.hpp"
#include "storage/migrations/postgres_0010.hpp"
#include "storage/migrations/postgres_0011.hpp"
#include "storage/migrations/postgres_0012.hpp"
#include "storage/migrations/postgres_0013.hpp"

#include <array>

namespace tinybook::storage {

std::span<const migration> postgres_migrations() {
  static constexpr auto steps = std::to_array<migration>({
      {1, "first schema", postgres_0001},
      {2, "region of a message", postgres_0002},
      {3, "one form of each phone", "", rewrite::phones},
      {4, "early delivery reports", postgres_0004},
      {5, "what verifies a code", postgres_0005},
      {6, "when a token was first shown", postgres_0006},
      {7, "answers to repeated saves", postgres_0007},
      {8, "one form of each e-mail", "", rewrite::emails},
      {9, "who entered a code", postgres_0009},
      {10, "what is known of sessions", postgres_0010, rewrite::nothing, 9},
      {11, "audit, proofs, what is hidden", postgres_0011, rewrite::nothing, 9},
      {12, "what each author has stored", postgres_0012, rewrite::nothing, 9},
      {13, "sessions that live", postgres_0013, rewrite::nothing, 9},
  });
  return steps;
}

} // namespace tinybook::storage
