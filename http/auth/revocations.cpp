#include "http/auth/revocations.hpp"

#include <algorithm>

namespace tinybook::http {

void revocations::revoke(std::string family, wall_time until, wall_time now) {
  auto& in = shards_[hash{}(family) % shard_count];
  std::lock_guard lock(in.mutex);
  auto& known = in.until[std::move(family)];
  known = std::max(known, until);
  if (in.until.size() < in.sweep_at)
    return;
  std::erase_if(in.until, [now](const auto& entry) { return entry.second <= now; });
  // At double of what is left: amortised, each entry is visited a constant number of
  // times.
  in.sweep_at = std::max<std::size_t>(64, in.until.size() * 2);
}

bool revocations::is_revoked(std::string_view family) const {
  const auto& in = shard_of(family);
  std::lock_guard lock(in.mutex);
  return in.until.contains(family);
}

std::size_t revocations::size() const {
  std::size_t total = 0;
  for (const auto& in : shards_) {
    std::lock_guard lock(in.mutex);
    total += in.until.size();
  }
  return total;
}

} // namespace tinybook::http
