#include "storage/migrations/migration.hpp"
#include "storage/migrations/postgres_0001.hpp"

#include <array>

namespace tinybook::storage {

std::span<const migration> postgres_migrations() {
  static constexpr auto steps = std::to_array<migration>({
      {1, "first schema", postgres_0001},
  });
  return steps;
}

} // namespace tinybook::storage
