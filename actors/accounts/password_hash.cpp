#include "actors/accounts/password_hash.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/random.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>

namespace tinybook {

result<std::string> hash_password(std::string_view password,
                                  const password_hash_options& options) {
  init_crypto();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), options.passes,
                            options.memory_bytes, crypto_pwhash_ALG_ARGON2ID13)
      != 0)
    return failure{errc::overloaded, "no memory for a password hash"};
  return std::string(hash.data());
}

result<bool> verify_password(std::string_view hash, std::string_view password) {
  init_crypto();
  if (hash.size() >= crypto_pwhash_STRBYTES)
    return false;
  const std::string terminated(hash);
  // The library answers -1 for all that is wrong: only errno knows a lack of memory.
  errno = 0;
  if (crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0)
    return true;
  if (errno == ENOMEM)
    return failure{errc::overloaded, "no memory for a password hash"};
  return false;
}

bool needs_rehash(std::string_view hash, const password_hash_options& options) {
  init_crypto();
  const std::string terminated(hash);
  return !hash.starts_with(crypto_pwhash_argon2id_STRPREFIX)
         || crypto_pwhash_str_needs_rehash(terminated.c_str(), options.passes,
                                           options.memory_bytes)
                != 0;
}

result<std::string> dummy_password_hash(const password_hash_options& options) {
  system_random random;
  return hash_password(random_id(random, 32), options);
}

} // namespace tinybook
