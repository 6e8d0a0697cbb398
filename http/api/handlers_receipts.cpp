#include "actors/sms/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/receipts/receipt_check.hpp"

namespace tinybook::http {

namespace {

using config::provider_kind;

/// What a provider must read to send a report no more.
answer acknowledgement(provider_kind kind) {
  switch (kind) {
  case provider_kind::tencent:
    return {.body = R"({"result":0,"errmsg":"OK"})"};
  case provider_kind::aliyun:
    return {.body = R"({"code":0,"msg":"OK"})"};
  default:
    return {};
  }
}

/// Replayed and unknown reports are harmless and acknowledged like all others. What could
/// not be stored is refused, for then the provider comes again; and of a webhook, which
/// its owner can mend, what is not understood. The others of the request count.
result<answer> take_report(const api_environment& env, const request_context& request) {
  auto checked =
      check_receipts(env.settings.sms,
                     {.provider = request.fields.text("provider"),
                      .secret = request.fields.text("secret"),
                      .body = request.raw.body,
                      .twilio_signature = header_of(request.raw, "X-Twilio-Signature"),
                      .webhook_id = header_of(request.raw, "webhook-id"),
                      .webhook_timestamp = header_of(request.raw, "webhook-timestamp"),
                      .webhook_signature = header_of(request.raw, "webhook-signature")},
                     env.clock());
  if (!checked)
    return std::move(checked.error());
  auto& [reports, odd] = checked->what;
  take_receipts command{request.fields.text("provider"), std::move(reports), {}};
  for (const auto& field : odd)
    command.not_understood.push_back(field.field);
  if (!command.receipts.empty() || !odd.empty()) {
    auto taken = env.ask(request, env.actors.failover, std::move(command));
    if (!taken)
      return std::move(taken.error());
  }
  if (!odd.empty() && checked->kind == provider_kind::webhook) {
    failure why{errc::report_not_understood};
    why.fields = std::move(odd);
    return why;
  }
  return acknowledgement(checked->kind);
}

} // namespace

std::vector<route> receipt_routes() {
  return {
      {.method = "POST",
       .path = "/sms/receipts/:provider",
       .asks = asked_actor::failover,
       .handle = take_report,
       .summary = "A signed delivery report of a provider.",
       .path_fields = {{.name = "provider"}}},
      {.method = "POST",
       .path = "/sms/receipts/:provider/:secret",
       .asks = asked_actor::failover,
       .handle = take_report,
       .summary = "A delivery report of a provider that knows its secret path.",
       .path_fields = {{.name = "provider"}, {.name = "secret", .secret = true}}},
  };
}

} // namespace tinybook::http
