#include "storage/support/crypto.hpp"

#include "storage/support/bytes.hpp"
#include "storage/support/encoding.hpp"

#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <istream>
#include <utility>

namespace tinybook {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(secret_key::size_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(secret_key::size_bytes == crypto_generichash_KEYBYTES);

} // namespace

void init_crypto() {
  // Thread-safe by the language; sodium_init() is 1 when it was ready already.
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    std::abort();
}

secret_key::~secret_key() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

secret_key secret_key::generate(random_source& random) {
  secret_key key;
  random.fill(key.bytes_);
  return key;
}

std::optional<secret_key> secret_key::from_bytes(std::string_view bytes) {
  if (bytes.size() != size_bytes)
    return std::nullopt;
  secret_key key;
  std::memcpy(key.bytes_.data(), bytes.data(), size_bytes);
  return key;
}

std::string_view secret_key::view() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string sha256(std::string_view bytes) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(as_bytes(digest), as_bytes(bytes), bytes.size());
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  return hex_encode(sha256(bytes));
}

std::optional<std::string> sha256_hex(std::istream& in) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::string chunk(std::size_t{1} << 20U, '\0');
  while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()))
         || in.gcount() > 0)
    crypto_hash_sha256_update(&state, as_bytes(std::as_const(chunk)),
                              static_cast<unsigned long long>(in.gcount()));
  if (!in.eof())
    return std::nullopt;
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, as_bytes(digest));
  return hex_encode(digest);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, as_bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, as_bytes(bytes), bytes.size());
  std::string digest(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, as_bytes(digest));
  sodium_memzero(&state, sizeof state);
  return digest;
}

std::string keyed_hash(const secret_key& key,
                       std::initializer_list<std::string_view> parts) {
  init_crypto();
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), secret_key::size_bytes,
                          crypto_generichash_BYTES);
  for (auto part : parts) {
    // Little-endian on every machine: the hashes stand in databases that replicas share.
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<unsigned char>(std::uint64_t{part.size()} >> (8 * i));
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, as_bytes(part), part.size());
  }
  std::string digest(crypto_generichash_BYTES, '\0');
  crypto_generichash_final(&state, as_bytes(digest), digest.size());
  sodium_memzero(&state, sizeof state);
  return digest;
}

std::string seal(random_source& random, const secret_key& key, std::string_view plain,
                 std::string_view context) {
  init_crypto();
  std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
  auto* nonce = as_bytes(sealed);
  random.fill({nonce, nonce_bytes});
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      nonce + nonce_bytes, nullptr, as_bytes(plain), plain.size(), as_bytes(context),
      context.size(), nullptr, nonce, key.data());
  return sealed;
}

std::optional<std::string> open(const secret_key& key, std::string_view sealed,
                                std::string_view context) {
  init_crypto();
  if (sealed.size() < nonce_bytes + tag_bytes)
    return std::nullopt;
  const auto* nonce = as_bytes(sealed);
  std::string plain(sealed.size() - nonce_bytes - tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          as_bytes(plain), nullptr, nullptr, nonce + nonce_bytes,
          sealed.size() - nonce_bytes, as_bytes(context), context.size(), nonce,
          key.data())
      != 0)
    return std::nullopt;
  return plain;
}

} // namespace tinybook
