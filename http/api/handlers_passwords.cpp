#include "http/api/error_texts.hpp"
#include "http/api/own_account.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> bind_phone(call c) {
  auto bound =
      co_await c.ask(c.env.actors.accounts, bind_of(c, client_of(c.env, c.request)));
  if (!bound)
    co_return std::move(bound.error());
  co_return success(c.request);
}

constexpr sentence changed_while_banned{
    "Your password has been changed. But this account has been banned by the operator of "
    "this site: a log-in lets you do no more than take your data or delete the account.",
    "密码已修改。但该账号已被网站管理员封禁，登录后只能导出数据或删除账号。"};

task<result<answer>> set_new_password(call c) {
  const auto& in = c.request.fields;
  auto set =
      co_await c.ask(c.env.actors.accounts,
                     reset_password{in.text("phone"), in.text("code"),
                                    in.text("password"), client_of(c.env, c.request)});
  if (!set)
    co_return std::move(set.error());
  auto out = success(c.request);
  give_device(c.env, c.request, set->device, out);
  if (set->banned)
    out.body = success_body("null", changed_while_banned.text(c.request.lang()));
  co_return out;
}

task<result<answer>> change_own_password(call c) {
  const auto& in = c.request.fields;
  auto tokens = co_await c.ask(
      c.env.actors.accounts,
      change_password{c.request.user(), c.request.session->family, in.text("oldPassword"),
                      in.text("password"), client_of(c.env, c.request)});
  if (!tokens)
    co_return about_own_password(std::move(tokens.error()), c.request.lang());
  auto out = success(c.request);
  give_tokens(c.env, c.request, *tokens, out);
  co_return out;
}

} // namespace

std::vector<route> password_routes() {
  return {
      {.method = "POST",
       .path = "/users/phone/bind",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = bind_phone,
       .summary = "Binds a phone to the own account, by code.",
       .done = {"The phone number is yours now.", "手机号已绑定。"},
       .body = {typed_phone_field, typed_code_field},
       .promised = {.id = "bindPhone",
                    .errors = {errc::wrong_code, errc::too_many_tries,
                               errc::user_not_found, errc::phone_taken,
                               errc::step_up_required}}},
      {.method = "POST",
       .path = "/users/password/reset",
       .asks = asked_actor::accounts,
       .handle = set_new_password,
       .summary = "Sets a new password by code; ends all sessions of the account.",
       .done = {"Your password has been changed; log in with it.",
                "密码已修改，请使用新密码登录。"},
       .body = {typed_phone_field, typed_code_field, new_password_field},
       .deadline = deadline_kind::login,
       .promised = {.id = "resetPassword",
                    .gives = answer_headers::device,
                    .errors = {errc::wrong_code, errc::too_many_tries,
                               errc::wrong_state}}},
      {.method = "POST",
       .path = "/users/password/change",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = change_own_password,
       .summary = "Changes the password; ends all sessions and opens a new one. Without "
                  "`oldPassword` it needs a step-up.",
       .done = {"Your password has been changed.", "密码已修改。"},
       .body = {{.name = "oldPassword",
                 .needed = presence::optional,
                 .alias = "old_password",
                 .secret = true,
                 .means = field_meaning::known_password},
                new_password_field},
       .deadline = deadline_kind::login,
       .promised = {.id = "changePassword",
                    .gives = answer_headers::tokens,
                    .errors = {errc::wrong_credentials, errc::user_not_found,
                               errc::wrong_state, errc::step_up_required}}},
  };
}

} // namespace tinybook::http
