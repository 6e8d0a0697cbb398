#pragma once

#include "storage/support/random.hpp"

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tinybook {

/// Readies libsodium; cheap and safe from any thread, any number of times. Everything
/// here calls it. Ends the process when the library cannot work: nothing could be kept
/// secret.
void init_crypto();

/// 256 secret bits, wiped when they go out of scope.
class secret_key {
 public:
  static constexpr std::size_t size_bytes = 32;

  /// All zero; to be filled.
  secret_key() = default;
  secret_key(const secret_key&) = default;
  secret_key& operator=(const secret_key&) = default;
  ~secret_key();

  [[nodiscard]] static secret_key generate(random_source& random);
  /// Nothing unless `bytes` are exactly 32.
  [[nodiscard]] static std::optional<secret_key> from_bytes(std::string_view bytes);

  [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
  [[nodiscard]] unsigned char* data() { return bytes_.data(); }
  [[nodiscard]] std::string_view view() const;

 private:
  std::array<unsigned char, size_bytes> bytes_{};
};

/// Compares in a time that does not depend on where the difference is; lengths are not
/// secret.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

/// 32 bytes, raw.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// Of everything that can be read; nothing where reading fails.
[[nodiscard]] std::optional<std::string> sha256_hex(std::istream& in);

/// 32 bytes, raw (RFC 2104); keys of any length, as the SMS clouds use them.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Keyed BLAKE2b over `parts`, 32 bytes, raw. Each part goes in with its length, so that
/// {"ab","c"} and {"a","bc"} differ.
[[nodiscard]] std::string keyed_hash(const secret_key& key,
                                     std::initializer_list<std::string_view> parts);

/// Encrypts and authenticates (XChaCha20-Poly1305) under a fresh random nonce, which
/// stands in front of the result. `context` is authenticated but not stored: `open` needs
/// the same, so a text moved to another row does not open.
[[nodiscard]] std::string seal(random_source& random, const secret_key& key,
                               std::string_view plain, std::string_view context);

/// The text that was sealed; nothing when the key, the context or any bit differs.
[[nodiscard]] std::optional<std::string>
open(const secret_key& key, std::string_view sealed, std::string_view context);

} // namespace tinybook
