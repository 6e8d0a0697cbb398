#pragma once

#include "storage/result.hpp"
#include "storage/support/keyring.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

enum class token_kind : std::uint8_t {
  access,
  refresh,
  device,
  /// Of who is banned, for their own data alone: nothing that takes an access token takes
  /// it, in no version of the program.
  banned,
};

/// The claims of a token. Times are whole seconds.
struct token_claims {
  std::int64_t user_id = 0; ///< 1 to 2^53 − 1.
  std::string family;       ///< The session that it belongs to (`ssid`).
  std::string id;           ///< Of this very token (`jti`).
  token_kind kind = token_kind::access;
  std::chrono::sys_seconds issued_at{};
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds expires_at{};
  /// Of the refresh token that was issued with an access token (`gen`); 0 = not given.
  std::int64_t generation = 0;

  bool operator==(const token_claims&) const = default;
};

/// By how much the clocks of replicas may differ: how far another's may be ahead before
/// its new tokens are refused, and how much longer revocations are kept.
inline constexpr std::chrono::seconds replica_clock_leeway{5};

struct token_options {
  std::string issuer;
  std::chrono::seconds clock_leeway = replica_clock_leeway;
};

/// Signs and checks JSON Web Tokens (HS256). Immutable, safe from any thread; the
/// keyring's rotation makes a new codec.
class token_codec {
 public:
  static constexpr std::size_t max_token_bytes = 4096;

  token_codec(std::shared_ptr<const keyring> keys, token_options options);

  /// Errors: claims out of range (errc::internal).
  [[nodiscard]] result<std::string> sign(const token_claims& claims) const;

  /// The claims of a token of ours, of the kind expected, that is valid `now`.
  /// errc::token_expired only when all else is right; errc::token_invalid for anything
  /// else: size, shape, encoding, algorithm, key id, signature, issuer, kind, missing or
  /// absurd claims, not yet valid. `detail` says which, and never holds the token.
  [[nodiscard]] result<token_claims> verify(std::string_view token, token_kind expected,
                                            std::chrono::sys_seconds now) const;

  /// The same of a token whenever it is or was valid.
  [[nodiscard]] result<token_claims> identify(std::string_view token,
                                              token_kind expected) const;

 private:
  struct known_header {
    std::string encoded; ///< The first part of every token that we sign under `key_id`.
    std::string key_id;
  };

  [[nodiscard]] const secret_key* key_for(std::string_view encoded_header) const;

  std::shared_ptr<const keyring> keys_;
  token_options options_;
  std::vector<known_header> headers_;
};

} // namespace tinybook
