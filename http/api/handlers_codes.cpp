#include "actors/codes/code_purposes.hpp"
#include "actors/codes/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> send_code_for(call c, std::string_view purpose) {
  send_code command{c.request.fields.text("phone"), std::string{purpose},
                    client_of(c.env, c.request)};
  command.lang = c.request.asked_for;
  auto sent = co_await c.ask(c.env.actors.verification, std::move(command));
  if (!sent)
    co_return std::move(sent.error());
  auto out = success(c.request);
  give_asker(c.env, c.request, sent->asker, out);
  co_return out;
}

task<result<answer>> send_login_code(call c) {
  return send_code_for(c, purpose_login);
}

task<result<answer>> send_reset_code(call c) {
  return send_code_for(c, purpose_reset_password);
}

/// A route that sends a code; answered when no crash can lose it any more.
route send_route(std::string_view path, std::string_view id, handler handle,
                 std::string_view summary) {
  return {
      .method = "POST",
      .path = path,
      .asks = asked_actor::verification,
      .handle = handle,
      .summary = summary,
      .done = {"The code has been sent.", "验证码已发送。"},
      .body = {typed_phone_field},
      .takes_verdict_token = true,
      .promised = {.id = id,
                   .gives = answer_headers::asker,
                   .errors = {errc::no_sms_route, errc::send_cooldown, errc::sms_pending,
                              errc::send_held, errc::codes_full, errc::verdict_denied}}};
}

} // namespace

std::vector<route> code_routes() {
  return {
      send_route("/users/login_sms/code/send", "sendLoginCode", send_login_code,
                 "Sends a log-in code."),
      send_route("/users/password/code/send", "sendResetCode", send_reset_code,
                 "Sends a code that sets a new password."),
  };
}

} // namespace tinybook::http
