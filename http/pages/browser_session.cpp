#include "http/pages/browser_session.hpp"

#include "http/api/error_texts.hpp"
#include "http/api/own_account.hpp"
#include "http/api/request_checks.hpp"
#include "http/api/respond.hpp"
#include "http/pages/form_tokens.hpp"
#include "http/pages/forms.hpp"
#include "http/text_tools.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

/// The first session of the cookies that is valid; of those before it that have expired
/// the refresh tokens go into `expired`.
claims_ptr first_valid(const api_environment& env, const request_context& request,
                       std::vector<std::string_view>& expired) {
  for (auto refresh : cookies_of(request.raw, session_cookie(request.over_tls()))) {
    const auto access = take_until(refresh, between_tokens);
    auto claims = check_token(env, request, access);
    if (claims)
      return std::move(*claims);
    if (claims.error().code == errc::token_expired)
      expired.push_back(refresh);
  }
  return nullptr;
}

/// The ban as of now: the session may be older than its end.
task<result<done>> look_at_ban(call c, request_context* into) {
  const auto lifted = co_await is_ban_lifted(c, into->user());
  if (!lifted)
    co_return lifted.error();
  if (!*lifted)
    co_return done{};
  into->session.reset();
  into->ban_lifted = true;
  into->cookies.push_back(forget_session(c.request));
  co_return done{};
}

} // namespace

std::string_view session_cookie(bool over_tls) {
  return over_tls ? "__Host-tb_session" : "tb_session";
}

std::string keep_session(const api_environment& env, const request_context& request,
                         const token_pair& tokens) {
  const bool secure = request.over_tls();
  const auto& settings = env.settings.sessions;
  return make_cookie(
      session_cookie(secure), tokens.access + between_tokens + tokens.refresh,
      std::chrono::duration_cast<std::chrono::seconds>(
          tokens.banned ? settings.access_lifetime : settings.refresh_lifetime),
      secure);
}

std::string forget_session(const request_context& request) {
  const bool secure = request.over_tls();
  return drop_cookie(session_cookie(secure), secure);
}

claims_ptr valid_session(const api_environment& env, const request_context& request) {
  std::vector<std::string_view> expired;
  return first_valid(env, request, expired);
}

bool holds_ban(const api_environment& env, const request_context& request) {
  return std::ranges::any_of(cookies_of(request.raw, session_cookie(request.over_tls())),
                             [&](auto tokens) {
                               const auto claims = env.sessions->check_also_banned(
                                   take_until(tokens, between_tokens), env.token_time());
                               return claims && (*claims)->kind == token_kind::banned;
                             });
}

result<token_claims> ended_session(const api_environment& env,
                                   const request_context& request) {
  result<token_claims> found{errc::token_invalid};
  for (auto tokens : cookies_of(request.raw, session_cookie(request.over_tls())))
    for (const auto access = take_until(tokens, between_tokens);
         const auto kind : {token_kind::access, token_kind::banned})
      if (!found)
        found = env.tokens->verify(access, kind, env.token_time());
  return found;
}

result<token_claims> ended_session_of_form(const api_environment& env,
                                           const request_context& request) {
  auto ended = ended_session(env, request);
  if (ended
      && !is_form_token(env.cookies, sent_value(request.form, form_token_field),
                        session_binding(ended->family)))
    return errc::form_expired;
  return ended;
}

task<result<done>> resume_session(call c, request_context* into) {
  std::vector<std::string_view> expired;
  into->session = first_valid(c.env, c.request, expired);
  if (into->session && into->is_banned()
      && c.request.matched->auth == auth_need::required)
    co_return co_await look_at_ban(c, into);
  if (into->session)
    co_return done{};
  for (const auto refresh : expired) {
    const auto traded = co_await c.ask(
        c.env.actors.sessions,
        refresh_session{std::string{refresh}, source_of(client_of(c.env, c.request))});
    if (!traded && http_status(traded.error().code) != 401)
      co_return traded.error();
    if (!traded)
      continue;
    into->cookies.push_back(keep_session(c.env, c.request, *traded));
    // Not the checker: it reports the token as shown, and this one may get lost.
    auto fresh =
        c.env.tokens->verify(traded->access, token_kind::access, c.env.token_time());
    if (!fresh)
      co_return std::move(fresh.error());
    into->session = std::make_shared<const token_claims>(std::move(*fresh));
    co_return done{};
  }
  // Only where it is in the way: a late answer must not take away what another tab has
  // been given meanwhile.
  if (c.request.matched->auth == auth_need::required
      && !cookies_of(c.request.raw, session_cookie(c.request.over_tls())).empty()
      && !holds_ban(c.env, c.request)) // Which is good elsewhere.
    into->cookies.push_back(forget_session(c.request));
  co_return done{};
}

} // namespace tinybook::http
