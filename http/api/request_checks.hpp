#pragma once

#include "http/api/environment.hpp"
#include "http/api/route_table.hpp"
#include "storage/result.hpp"

namespace tinybook::http {

class cors_policy;

// The checks that a request must pass before its handler runs; each fills in its part of
// the context.

/// Checks the token that the route asks for. Fails with `login_required`,
/// `token_invalid`, `token_expired`, `token_revoked`.
[[nodiscard]] result<done> authenticate(const api_environment& env,
                                        request_context& request);

/// The claims of an access token, or, where the route serves who is banned, of theirs.
/// Fails as `session_checker::check`.
[[nodiscard]] result<claims_ptr> check_token(const api_environment& env,
                                             const request_context& request,
                                             std::string_view token);

/// Refuses what a page of another site makes a browser post (Fetch metadata, and Origin
/// where a browser sends none): the API takes it from the origins of `others` alone,
/// pages take their own alone. Programs that are no browser send neither header. What
/// providers post is not looked at. Fails with `origin_refused`.
[[nodiscard]] result<done> check_origin(const request_context& request,
                                        const cors_policy& others);

/// Checks the type of a body: JSON, of pages a form. A form that another site makes a
/// browser send is none of the former. Fails with `unsupported_media`.
[[nodiscard]] result<done> check_media(const request_context& request, bool has_body);

inline constexpr auto idempotency_key_header = "Idempotency-Key";
inline constexpr std::size_t max_idempotency_key_bytes = 255;

inline constexpr auto verdict_token_header = "X-Verdict-Token";
inline constexpr std::size_t max_verdict_token_bytes = 4096;

/// What a request asks for, as its route reads it.
struct request_input {
  field_values fields;
  std::optional<storage::repeatable> repeat; ///< On routes that take a key.
  // Of pages alone.
  form_values form{};
  std::string verdict_token{};
  std::optional<failure> refused{};
};

/// Reads the fields of body, path and query. Takes milliseconds for the largest body.
/// `widget_field`: the field of a form that has its token for the operator's endpoint,
/// and that is no part of the form any more then; empty = there is none. Fails with
/// `malformed_json`, or `invalid_field` with every refused field; what pages are sent
/// tells it in `refused`, and fails with `bad_request` alone.
[[nodiscard]] result<request_input> read_input(const httplib::Request& request,
                                               const route_match& match,
                                               std::size_t max_json_depth,
                                               std::string_view widget_field);

} // namespace tinybook::http
