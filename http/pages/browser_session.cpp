#include "http/pages/browser_session.hpp"

#include "http/api/error_texts.hpp"
#include "http/text_tools.hpp"

namespace tinybook::http {

namespace {

constexpr char between_tokens = '~'; // In no token, and allowed in a cookie.

} // namespace

std::string_view session_cookie(bool over_tls) {
  return over_tls ? "__Host-tb_session" : "tb_session";
}

std::string keep_session(const api_environment& env, const request_context& request,
                         const token_pair& tokens) {
  const bool secure = request.over_tls();
  return make_cookie(session_cookie(secure),
                     tokens.access + between_tokens + tokens.refresh,
                     std::chrono::duration_cast<std::chrono::seconds>(
                         env.settings.sessions.refresh_lifetime),
                     secure);
}

std::string forget_session(const request_context& request) {
  const bool secure = request.over_tls();
  return drop_cookie(session_cookie(secure), secure);
}

claims_ptr valid_session(const api_environment& env, const request_context& request) {
  auto access = cookie_of(request.raw, session_cookie(request.over_tls()));
  access = take_until(access, between_tokens);
  auto claims = env.sessions->check(access, env.token_time());
  return claims ? std::move(*claims) : nullptr;
}

task<result<done>> resume_session(call c, request_context* into) {
  auto refresh = cookie_of(c.request.raw, session_cookie(c.request.over_tls()));
  if (refresh.empty())
    co_return done{};
  const auto access = take_until(refresh, between_tokens);
  auto claims = c.env.sessions->check(access, c.env.token_time());
  if (!claims && claims.error().code == errc::token_expired) {
    const auto traded =
        co_await c.ask(c.env.actors.sessions, refresh_session{std::string{refresh}});
    if (traded) {
      into->cookies.push_back(keep_session(c.env, c.request, *traded));
      // Not the checker: it reports the token as shown, and this one may get lost.
      auto fresh =
          c.env.tokens->verify(traded->access, token_kind::access, c.env.token_time());
      if (!fresh)
        co_return std::move(fresh.error());
      claims = std::make_shared<const token_claims>(std::move(*fresh));
    } else if (http_status(traded.error().code) != 401) {
      co_return traded.error();
    }
  }
  if (claims)
    into->session = std::move(*claims);
  else
    into->cookies.push_back(forget_session(c.request));
  co_return done{};
}

} // namespace tinybook::http
