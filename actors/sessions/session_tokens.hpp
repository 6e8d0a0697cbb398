#pragma once

#include "actors/sessions/messages.hpp"
#include "actors/sessions/token_codec.hpp"
#include "config/settings.hpp"
#include "storage/session_store.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tinybook {

/// The content of a refresh token whose signature and times are valid; whether it is the
/// current one the family decides.
struct shown_refresh_token {
  user_id user = 0;
  std::string family;
  std::int64_t generation = 0;
};

/// The claims of a family's tokens. The refresh token depends on the family's row alone
/// (`jti` is the generation, the times are the row's), so that every replica and every
/// repetition makes the very same one.
class session_tokens {
 public:
  session_tokens(std::shared_ptr<const token_codec> codec,
                 config::session_settings settings)
      : codec_(std::move(codec)), settings_(std::move(settings)) {}

  /// Access and refresh token of the family's current generation; `device` stays empty.
  [[nodiscard]] result<token_pair> of_family(const storage::session_family& family,
                                             std::string access_id, wall_time now) const;

  /// Only an access token, of the kind `banned`.
  [[nodiscard]] result<token_pair> of_banned(const storage::session_family& family,
                                             std::string access_id, wall_time now) const;

  /// The value of the cookie `tb_device`: its `id` is the id of the browser, as its
  /// `family`, for it is of no session; its `generation` is the epoch.
  [[nodiscard]] result<std::string> of_device(user_id user, const std::string& device,
                                              storage::device_epoch epoch,
                                              wall_time now) const;

  /// Errors: `token_invalid`, `token_expired`.
  [[nodiscard]] result<shown_refresh_token> read_refresh(std::string_view token,
                                                         wall_time now) const;

 private:
  [[nodiscard]] result<std::string> access_of(const storage::session_family& family,
                                              std::string id, token_kind kind,
                                              wall_time now) const;

  std::shared_ptr<const token_codec> codec_;
  config::session_settings settings_;
};

} // namespace tinybook
