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

/// Replayed and unknown reports are harmless and acknowledged like all others. Only what
/// could not be stored is refused, for then the provider comes again.
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
  if (!checked->receipts.empty()) {
    auto taken = env.ask(
        request, env.actors.failover,
        take_receipts{request.fields.text("provider"), std::move(checked->receipts)});
    if (!taken)
      return std::move(taken.error());
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
