#pragma once

#include "storage/types.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tinybook::http {

/// Families whose access tokens are refused, each until its last one has expired.
/// Thread-safe; a look-up costs some tens of nanoseconds.
class revocations {
 public:
  void revoke(std::string family, wall_time until, wall_time now);
  [[nodiscard]] bool is_revoked(std::string_view family) const;
  [[nodiscard]] std::size_t size() const;

 private:
  static constexpr std::size_t shard_count = 64;

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, wall_time, hash, std::equal_to<>> until;
    std::size_t sweep_at = 64; ///< So many entries: the expired are removed.
  };
  [[nodiscard]] const shard& shard_of(std::string_view family) const {
    return shards_[hash{}(family) % shard_count];
  }

  std::array<shard, shard_count> shards_;
};

} // namespace tinybook::http
