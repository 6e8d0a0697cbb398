#include "actors/accounts/messages.hpp"
#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

constexpr sentence logged_in{"You are logged in.", "登录成功。"};
constexpr sentence logged_in_again{
    "You are logged in. The deletion of your account is taken back.",
    "登录成功，账号删除已撤销。"};

constexpr sentence banned_rights{
    "This account has been banned by the operator of this site; ask them why. With the "
    "token of this answer you can still take your data (/users/export) and delete the "
    "account (/users/delete).",
    "该账号已被网站管理员封禁，如有疑问请联系管理员。凭此响应中的令牌，您仍可导出数据（"
    "/users/export）和删除账号（/users/delete）。"};
constexpr sentence banned_stays{" Its deletion is taken back.", "账号删除已撤销。"};

/// Refused, with what the owner of the data may do nevertheless.
answer banned_answer(const request_context& request, const token_pair& tokens) {
  failure why{errc::account_banned};
  why.text = banned_rights.text(request.lang());
  if (tokens.restored)
    why.text += banned_stays.text(request.lang());
  answer out{.status = http_status(why.code),
             .body = error_body(why, request.lang(), request.request_id),
             .headers = {{"X-Jwt-Token", tokens.access}}};
  out.refused = std::move(why);
  return out;
}

result<answer> with_tokens(const api_environment& env, const request_context& request,
                           const result<token_pair>& tokens) {
  if (!tokens)
    return tokens.error();
  if (tokens->banned)
    return banned_answer(request, *tokens);
  auto out = success(request);
  if (tokens->restored)
    out.body = success_body("null", logged_in_again.text(request.lang()));
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
                     refresh_session{std::string{c.request.refresh_token},
                                     source_of(client_of(c.env, c.request))}));
}

task<result<answer>> list_own_sessions(call c) {
  auto found = co_await c.ask(c.env.actors.sessions, list_sessions{c.request.user()});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  json_writer w(data);
  w.begin_array();
  for (const auto& one : found->sessions) {
    w.begin_object().member("id", one.id).member("device", one.device);
    w.member("network", one.network);
    write_time(w, "createdAt", one.created_at);
    write_time(w, "usedAt", one.used_at);
    w.member("current", one.id == c.request.session->family).end_object();
  }
  w.end_array();
  co_return success(c.request, data);
}

task<result<answer>> end_one(call c) {
  auto ended = co_await c.ask(
      c.env.actors.sessions,
      end_own_session{c.request.user(), c.request.fields.text("id"),
                      c.request.session->family, source_of(client_of(c.env, c.request))});
  if (!ended)
    co_return std::move(ended.error());
  co_return success(c.request);
}

task<result<answer>> log_out(call c) {
  auto closed = co_await c.ask(
      c.env.actors.sessions,
      close_session{c.request.session->family, source_of(client_of(c.env, c.request))});
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

constexpr schema session_id_schema =
    schema::matching("^[A-Za-z0-9_-]+$", "zcPj2QmZ1mVqf0y2w4Gx9A");
constexpr schema_member session_members[] = {
    {"id", session_id_schema},
    {"device",
     schema::text("Firefox, Windows")
         .says("By what the browser says of itself; empty where it says nothing.")},
    {"network", schema::text("198.51.100.0/24")
                    .says("Where it was last used from; empty where that is not known.")},
    {"createdAt", schema::time("2026-11-30T08:00:00.000Z")
                      .says("The log-in; null where that was before it was kept.")
                      .or_null()},
    {"usedAt", schema::time("2026-11-30T09:15:00.000Z")
                   .says("The log-in, or the last renewal of its tokens.")},
    {"current", schema::flag(true).says("Whether it is that of this request.")}};
constexpr schema session_schema = schema::object(session_members).named("Session");
constexpr schema sessions_schema = schema::list(session_schema).named("Sessions");

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
                    .errors = {errc::wrong_credentials, errc::account_banned}}},
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
                    .errors = {errc::wrong_code, errc::too_many_tries,
                               errc::account_banned}}},
      {.method = "GET",
       .path = "/users/refresh_token",
       .auth = auth_need::refresh,
       .asks = asked_actor::sessions,
       .handle = refresh,
       .summary = "Trades the refresh token for a new pair.",
       .acts = true,
       .promised = {.id = "refreshTokens", .gives = answer_headers::tokens}},
      {.method = "GET",
       .path = "/users/sessions",
       .auth = auth_need::required,
       .asks = asked_actor::sessions,
       .handle = list_own_sessions,
       .summary = "The sessions of the account, the last used one first.",
       .promised = {.id = "listSessions", .data = &sessions_schema}},
      {.method = "POST",
       .path = "/users/sessions/end",
       .auth = auth_need::required,
       .asks = asked_actor::sessions,
       .handle = end_one,
       .summary =
           "Ends one of the account's sessions; its tokens are refused from then on. "
           "Another one than that of the request asks for a proof.",
       .done = {"The session has ended.", "会话已结束。"},
       .body = {{.name = "id", .means = field_meaning::session}},
       .promised = {.id = "endSession",
                    .errors = {errc::session_not_found, errc::step_up_required}}},
      log_out_by("POST", "logOut"),
      log_out_by("GET", "logOutByGet"),
  };
}

} // namespace tinybook::http
