#include "actors/accounts/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

result<answer> bind_phone(const api_environment& env, const request_context& request) {
  const auto& in = request.fields;
  auto bound = env.ask(request, env.actors.accounts,
                       bind_own_phone{request.user(), in.text("phone"), in.text("code"),
                                      client_of(env, request)});
  if (!bound)
    return std::move(bound.error());
  return success(request);
}

result<answer> set_new_password(const api_environment& env,
                                const request_context& request) {
  const auto& in = request.fields;
  auto set = env.ask(request, env.actors.accounts,
                     reset_password{in.text("phone"), in.text("code"),
                                    in.text("password"), client_of(env, request)});
  if (!set)
    return std::move(set.error());
  return success(request);
}

result<answer> change_own_password(const api_environment& env,
                                   const request_context& request) {
  const auto& in = request.fields;
  auto tokens = env.ask(request, env.actors.accounts,
                        change_password{request.user(), in.text("oldPassword"),
                                        in.text("password"), client_of(env, request)});
  if (!tokens)
    return std::move(tokens.error());
  auto out = success(request);
  give_tokens(env, request, *tokens, out);
  return out;
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
       .body = {typed_phone_field, typed_code_field}},
      {.method = "POST",
       .path = "/users/password/reset",
       .asks = asked_actor::accounts,
       .handle = set_new_password,
       .summary = "Sets a new password by code; ends all sessions of the account.",
       .done = {"Your password has been changed; log in with it.",
                "密码已修改，请使用新密码登录。"},
       .body = {typed_phone_field,
                typed_code_field,
                {.name = "password", .secret = true}},
       .deadline = deadline_kind::login},
      {.method = "POST",
       .path = "/users/password/change",
       .auth = auth_need::required,
       .asks = asked_actor::accounts,
       .handle = change_own_password,
       .summary = "Changes the password; ends all sessions and opens a new one.",
       .done = {"Your password has been changed.", "密码已修改。"},
       .body = {{.name = "oldPassword", .alias = "old_password", .secret = true},
                {.name = "password", .secret = true}},
       .deadline = deadline_kind::login},
  };
}

} // namespace tinybook::http
