#pragma once

#include "actors/sessions/token_codec.hpp"
#include "storage/support/random.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace tinybook::http {

using claims_ptr = std::shared_ptr<const token_claims>;

/// Tokens whose signature was valid, so that a returning client costs a keyed hash
/// instead of a verification. Direct-mapped: a new token replaces what is in its place.
/// Never holds the tokens themselves. Thread-safe.
///
/// The key of a token is SipHash-128 under a secret of this process, so that nobody can
/// make a token that collides with another.
class token_cache {
 public:
  static constexpr std::size_t key_bytes = 16;
  using key = std::array<unsigned char, key_bytes>;

  /// `places` is rounded up to a multiple of the shards.
  token_cache(std::size_t places, random_source& random);

  [[nodiscard]] key key_of(std::string_view token) const;
  [[nodiscard]] claims_ptr find(const key& of) const;
  void put(const key& of, claims_ptr claims);

 private:
  static constexpr std::size_t shard_count = 64;

  struct place {
    key of{};
    claims_ptr claims;
  };
  struct shard {
    mutable std::mutex mutex;
    std::vector<place> places;
  };
  [[nodiscard]] static std::size_t number_of(const key& of);

  std::array<unsigned char, key_bytes> secret_{};
  std::array<shard, shard_count> shards_;
};

} // namespace tinybook::http
