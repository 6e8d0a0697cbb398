#include "storage/migrations/migration.hpp"

#include <algorithm>

namespace tinybook::storage {

schema_version schema_version::with(const migration& step) const {
  const std::int64_t needs = step.works_with == 0 ? step.number : step.works_with;
  return {.present = step.number, .floor = std::max(floor, needs)};
}

std::string too_new_text(const schema_version& version, std::int64_t known) {
  return ": its schema has version " + std::to_string(version.present)
         + " and needs a program that knows version " + std::to_string(version.floor)
         + ", this one knows versions up to " + std::to_string(known);
}

} // namespace tinybook::storage
