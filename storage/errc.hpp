#pragma once

#include <cstdint>
#include <string_view>

namespace tinybook {

/// Everything that can go wrong in the domain, once. `errc.cpp` gives each its name and
/// number, which stay as they are and are never reused.
enum class errc : std::uint8_t {
  none,
  // 400: the request itself
  bad_request,
  malformed_json,
  invalid_field,
  unsupported_media,
  no_sms_route,
  // 401
  login_required,
  token_invalid,
  token_expired,
  token_revoked,
  token_reused,
  wrong_credentials,
  wrong_code,
  admin_token_needed,
  // 403, 404, 405, 408
  admin_level_needed,
  not_author,
  origin_refused,
  step_up_required,
  account_banned,
  article_taken_down,
  form_expired,
  verdict_denied,
  no_such_path,
  article_not_found,
  user_not_found,
  actor_not_found,
  provider_not_found,
  message_not_found,
  session_not_found,
  method_not_allowed,
  request_timeout,
  // 409
  email_taken,
  phone_taken,
  sms_pending,
  wrong_state,
  message_expired,
  no_phone,
  // 413, 414, 422, 431
  body_too_large,
  uri_too_long,
  head_too_large,
  report_not_understood,
  key_reused,
  // 429
  rate_limited,
  send_cooldown,
  too_many_tries,
  send_held,
  quota_reached,
  // 500, 503, 504
  internal,
  overloaded,
  draining,
  starting,
  unavailable,
  storage_full,
  codes_full,
  database_busy,
  deadline_exceeded,
};

/// The limit behind an answer with 429, by the key that sets it where
/// there is one.
enum class limit_rule : std::uint8_t {
  none,
  code_phone_hour,
  code_phone_day,
  code_phone_network_hour, ///< What one network may ask for a phone.
  code_phone_network_day,
  code_owner_hour,
  code_owner_day,
  code_address_hour,
  code_address_day,
  code_network_hour, ///< A /24, /56 or /48 (`limits.times_in_…`), here and below.
  code_network_day,
  code_region_hour,
  code_all_hour,
  code_all_day,
  code_cooldown,
  code_tries,
  code_guard,
  login_account,
  login_device,
  login_address,
  login_network,
  login_attempts,
  login_attempts_network,
  session_codes,       ///< Wrong codes within a session.
  code_login_attempts, ///< Log-ins by code; the name is that of those by password.
  code_login_attempts_network,
  signup_address,
  signup_network,
  saves_at_once,
  saves_hour,
  saves_day,
  likes_minute,
  exports_day,
  edits_hour,
  articles_of_person, ///< These two last: of `quota_reached`.
  bytes_of_person,
  requests_at_once,
  connections_at_once,
};

/// The stable name of a rule, the `rule` of an answer; empty for `none`.
[[nodiscard]] std::string_view name_of(limit_rule rule);

struct errc_entry {
  std::string_view name; ///< Snake case; the `error` of an answer.
  int number;            ///< Not zero; the `code` of an answer.
};

/// The entry of `code`; that of `internal` for `none`.
[[nodiscard]] errc_entry describe(errc code);

} // namespace tinybook
