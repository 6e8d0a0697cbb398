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
  quota_reached,
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

struct errc_entry {
  std::string_view name; ///< Snake case; the `error` of an answer.
  int number;            ///< Not zero; the `code` of an answer.
};

/// The entry of `code`; that of `internal` for `none`.
[[nodiscard]] errc_entry describe(errc code);

} // namespace tinybook
