#pragma once

#include "actors/sessions/messages.hpp"
#include "http/api/environment.hpp"

#include <string>
#include <string_view>

namespace tinybook::http {

/// Holds both tokens of a session, so that none can be lost without the other. Over TLS
/// its name begins with `__Host-`, so that no other host can set it. No API route looks
/// at it.
[[nodiscard]] std::string_view session_cookie(bool over_tls);

/// The `Set-Cookie` of new tokens.
[[nodiscard]] std::string keep_session(const api_environment& env,
                                       const request_context& request,
                                       const token_pair& tokens);
/// The `Set-Cookie` that ends it in the browser.
[[nodiscard]] std::string forget_session(const request_context& request);

/// The session of the cookie as it is, without renewing it; nothing where it has expired.
[[nodiscard]] claims_ptr valid_session(const api_environment& env,
                                       const request_context& request);

/// Whether the cookie is of a session that is for who is banned alone, and valid.
[[nodiscard]] bool holds_ban(const api_environment& env, const request_context& request);

/// Whose session the cookie is of, though it has ended; nothing where it has expired.
[[nodiscard]] result<token_claims> ended_session(const api_environment& env,
                                                 const request_context& request);
/// The same, where the form that was sent is of that session.
[[nodiscard]] result<token_claims> ended_session_of_form(const api_environment& env,
                                                         const request_context& request);

/// Finds out who is logged in with this browser: `into->session`. Where the access token
/// has expired the refresh token is traded here, and the new ones are set with whatever
/// the answer is; a lost answer costs nothing, for the same trade succeeds again. A
/// session that has ended leaves nobody logged in; so does that of who is banned where
/// the ban was lifted meanwhile (`ban_lifted`), for a log-in opens a whole one. Fails
/// with `unavailable` and the like where that cannot be told.
task<result<done>> resume_session(call c, request_context* into);

} // namespace tinybook::http
