#include "http/auth/token_cache.hpp"

#include "storage/support/crypto.hpp"

#include <sodium.h>

#include <cstring>

namespace tinybook::http {

static_assert(token_cache::key_bytes == crypto_shorthash_siphashx24_BYTES);
static_assert(token_cache::key_bytes == crypto_shorthash_siphashx24_KEYBYTES);

token_cache::token_cache(std::size_t places, random_source& random) {
  init_crypto();
  random.fill(secret_);
  for (auto& one : shards_)
    one.places.resize((places + shard_count - 1) / shard_count);
}

token_cache::key token_cache::key_of(std::string_view token) const {
  key out;
  crypto_shorthash_siphashx24(out.data(),
                              reinterpret_cast<const unsigned char*>(token.data()),
                              token.size(), secret_.data());
  return out;
}

std::size_t token_cache::number_of(const key& of) {
  std::size_t number = 0;
  std::memcpy(&number, of.data(), sizeof number);
  return number;
}

claims_ptr token_cache::find(const key& of) const {
  auto number = number_of(of);
  const auto& in = shards_[number % shard_count];
  std::lock_guard lock(in.mutex);
  const auto& at = in.places[number / shard_count % in.places.size()];
  return at.of == of ? at.claims : nullptr;
}

void token_cache::put(const key& of, claims_ptr claims) {
  auto number = number_of(of);
  auto& in = shards_[number % shard_count];
  place displaced{of, std::move(claims)};
  std::lock_guard lock(in.mutex);
  std::swap(in.places[number / shard_count % in.places.size()], displaced);
}

} // namespace tinybook::http
