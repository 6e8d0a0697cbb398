#pragma once

#include "actors/sessions/token_codec.hpp"
#include "http/auth/revocations.hpp"
#include "http/auth/token_cache.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

namespace tinybook::http {

/// The token of an `Authorization` header.
struct bearer {
  enum class kind : std::uint8_t {
    missing, ///< No header, or the `Bearer null` of clients that are not logged in.
    token,
    malformed, ///< Another scheme, or nothing after it.
  };
  kind what = kind::missing;
  std::string_view token{};
};
[[nodiscard]] bearer read_bearer(std::string_view header);

/// Checks access tokens on the pollers, without a round trip to any actor.
/// Thread-safe.
class session_checker {
 public:
  /// How many checked tokens are remembered.
  static constexpr std::size_t cached_tokens = 16'384;

  /// Called on a poller; must not block.
  using on_first_shown = std::function<void(const token_claims&)>;

  /// `first_shown` is called when a token that came out of a refresh is first shown here,
  /// and again if its check was forgotten.
  session_checker(std::shared_ptr<const token_codec> codec,
                  std::shared_ptr<const revocations> revoked, random_source& random,
                  on_first_shown first_shown = {});

  /// The claims of a valid access token whose family is not revoked. Fails with
  /// `token_invalid`, `token_expired`, `token_revoked`.
  [[nodiscard]] result<claims_ptr> check(std::string_view token,
                                         std::chrono::sys_seconds now) const;

  /// The same, or the claims of a token of the kind `banned`.
  [[nodiscard]] result<claims_ptr> check_also_banned(std::string_view token,
                                                     std::chrono::sys_seconds now) const;

  /// For a log-out: the claims of an access token, also of one that has expired, or of
  /// who is banned, or of a refresh token. Fails with `token_invalid`, `token_revoked`.
  [[nodiscard]] result<claims_ptr> check_to_end(std::string_view token) const;

 private:
  [[nodiscard]] result<claims_ptr> verified(std::string_view token,
                                            std::chrono::sys_seconds now) const;

  std::shared_ptr<const token_codec> codec_;
  std::shared_ptr<const revocations> revoked_;
  mutable token_cache cache_;
  on_first_shown first_shown_;
};

} // namespace tinybook::http
