#include "actors/accounts/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

result<answer> with_tokens(const api_environment& env, const request_context& request,
                           const result<token_pair>& tokens) {
  if (!tokens)
    return tokens.error();
  auto out = success(request);
  give_tokens(env, request, *tokens, out);
  return out;
}

task<result<answer>> log_in_user(call c) {
  const auto& in = c.request.fields;
  co_return with_tokens(
      c.env, c.request,
      co_await c.ask(c.env.actors.accounts, log_in{in.text("email"), in.text("password"),
                                                   client_of(c.env, c.request)}));
}

task<result<answer>> log_in_with_code(call c) {
  const auto& in = c.request.fields;
  co_return with_tokens(c.env, c.request,
                        co_await c.ask(c.env.actors.accounts,
                                       log_in_by_code{in.text("phone"), in.text("code"),
                                                      client_of(c.env, c.request)}));
}

task<result<answer>> refresh(call c) {
  co_return with_tokens(
      c.env, c.request,
      co_await c.ask(c.env.actors.sessions,
                     refresh_session{std::string{c.request.refresh_token}}));
}

task<result<answer>> log_out(call c) {
  auto closed =
      co_await c.ask(c.env.actors.sessions, close_session{c.request.session->family});
  if (!closed)
    co_return std::move(closed.error());
  co_return success(c.request);
}

route log_out_by(std::string_view method, std::string_view id) {
  return {.method = method,
          .path = "/users/logout",
          .auth = auth_need::ending,
          .asks = asked_actor::sessions,
          .handle = log_out,
          .summary = "Ends the session of either of its tokens, also of an access token "
                     "that has expired; both are refused from then on.",
          .done = {"You are logged out.", "已退出登录。"},
          .acts = true,
          .promised = {.id = id}};
}

constexpr sentence logged_in{"You are logged in.", "登录成功。"};

} // namespace

std::vector<route> session_routes() {
  return {
      {.method = "POST",
       .path = "/users/login",
       .asks = asked_actor::accounts,
       .handle = log_in_user,
       .summary = "Logs in with e-mail and password.",
       .done = logged_in,
       .body = {email_field, known_password_field},
       .deadline = deadline_kind::login,
       .promised = {.id = "logIn",
                    .gives = answer_headers::tokens,
                    .errors = {errc::wrong_credentials}}},
      {.method = "POST",
       .path = "/users/login_sms",
       .asks = asked_actor::accounts,
       .handle = log_in_with_code,
       .summary = "Logs in with a code; makes the account on first use.",
       .done = logged_in,
       .body = {typed_phone_field, typed_code_field},
       .deadline = deadline_kind::login,
       .promised = {.id = "logInByCode",
                    .gives = answer_headers::tokens,
                    .errors = {errc::wrong_code, errc::too_many_tries}}},
      {.method = "GET",
       .path = "/users/refresh_token",
       .auth = auth_need::refresh,
       .asks = asked_actor::sessions,
       .handle = refresh,
       .summary = "Trades the refresh token for a new pair.",
       .acts = true,
       .promised = {.id = "refreshTokens", .gives = answer_headers::tokens}},
      log_out_by("POST", "logOut"),
      log_out_by("GET", "logOutByGet"),
  };
}

} // namespace tinybook::http
