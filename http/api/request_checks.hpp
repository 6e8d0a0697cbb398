#pragma once

#include "http/api/environment.hpp"
#include "http/api/route_table.hpp"
#include "storage/result.hpp"

namespace tinybook::http {

// The checks that a request must pass before its handler runs; each fills in its part of
// the context.

/// Checks the token that the route asks for. Fails with `login_required`,
/// `token_invalid`, `token_expired`, `token_revoked`.
[[nodiscard]] result<done> authenticate(const api_environment& env,
                                        request_context& request);

/// Checks the type of the body, where the route reads one and one comes. Fails with
/// `unsupported_media`.
[[nodiscard]] result<done> check_media(const request_context& request, bool has_body);

/// Reads the fields of body, path and query. Fails with `malformed_json`, or
/// `invalid_field` with every refused field.
[[nodiscard]] result<done> read_fields(const api_environment& env,
                                       const route_match& match,
                                       request_context& request);

} // namespace tinybook::http
