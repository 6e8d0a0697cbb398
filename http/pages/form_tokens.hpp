#pragma once

#include "http/api/environment.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Binds the forms of a browser that is not logged in.
[[nodiscard]] std::string_view form_cookie(bool over_tls);
/// The hidden field of each form.
inline constexpr std::string_view form_token_field = "csrf";

/// A token that only forms of this session have, or of this browser where nobody is
/// logged in. Each is another one (a nonce, and a keyed hash of it), so that nothing can
/// be learnt from how well pages compress.
[[nodiscard]] std::string make_form_token(const cookie_signer& by,
                                          std::string_view bound_to);
[[nodiscard]] bool is_form_token(const cookie_signer& by, std::string_view token,
                                 std::string_view bound_to);

/// What the forms of a session are bound to.
[[nodiscard]] std::string session_binding(std::string_view family);
/// What the tokens of a request's forms are bound to: its session, or the cookie
/// `tb_form`; empty where it has neither.
[[nodiscard]] std::string form_binding(const request_context& request);
/// The same without looking at the session: of a form that was there before a log-in; by
/// each cookie of the name.
[[nodiscard]] std::vector<std::string> browser_bindings(const request_context& request);

} // namespace tinybook::http
