#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

/// What a log-in code is kept under; the accounts actor checks with the same word.
constexpr std::string_view login_purpose = "login";

result<answer> send_login_code(const api_environment& env,
                               const request_context& request) {
  send_code command{request.fields.text("phone"), std::string{login_purpose},
                    client_of(env, request)};
  if (request.asked_for)
    command.lang = *request.asked_for;
  auto sent = env.ask(request, env.actors.verification, std::move(command));
  if (!sent)
    return std::move(sent.error());
  auto out = success(request);
  give_asker(env, request, sent->asker, out);
  return out;
}

} // namespace

std::vector<route> code_routes() {
  return {
      {.method = "POST",
       .path = "/users/login_sms/code/send",
       .asks = asked_actor::verification,
       .handle = send_login_code,
       .summary = "Sends a log-in code; answered when no crash can lose it any more.",
       .body = {{.name = "phone", .secret = true}}},
  };
}

} // namespace tinybook::http
