#include "storage/session_store.hpp"

namespace tinybook::storage {

rotation rotate(session_family& family, std::int64_t shown_generation, wall_time now,
                std::chrono::milliseconds grace, std::chrono::milliseconds lifetime) {
  if (family.revoked_at != wall_time{})
    return rotation::revoked;
  if (shown_generation == family.generation) {
    ++family.generation;
    family.rotated_at = now;
    family.expires_at = now + lifetime;
    family.shown_at = {};
    return rotation::rotated;
  }
  const bool in_time = family.shown_at == wall_time{} || now - family.shown_at <= grace;
  if (shown_generation == family.generation - 1 && in_time)
    return rotation::repeated;
  // The refresh token of its successor was shown when the current generation was made.
  if (shown_generation == family.generation - 2 && now - family.rotated_at <= grace)
    return rotation::repeated;
  family.revoked_at = now;
  return rotation::reused;
}

} // namespace tinybook::storage
