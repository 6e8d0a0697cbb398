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
task<result<answer>> take_report(call c) {
  auto checked =
      check_receipts(c.env.settings.sms,
                     {.provider = c.request.fields.text("provider"),
                      .secret = c.request.fields.text("secret"),
                      .body = c.request.raw.body,
                      .twilio_signature = header_of(c.request.raw, "X-Twilio-Signature"),
                      .webhook_id = header_of(c.request.raw, "webhook-id"),
                      .webhook_timestamp = header_of(c.request.raw, "webhook-timestamp"),
                      .webhook_signature = header_of(c.request.raw, "webhook-signature")},
                     c.env.clock());
  if (!checked)
    co_return std::move(checked.error());
  auto& [reports, odd] = checked->what;
  take_receipts command{c.request.fields.text("provider"), std::move(reports), {}};
  for (const auto& field : odd)
    command.not_understood.push_back(field.field);
  if (!command.receipts.empty() || !odd.empty()) {
    auto taken = co_await c.ask(c.env.actors.failover, std::move(command));
    if (!taken)
      co_return std::move(taken.error());
  }
  if (!odd.empty() && checked->kind == provider_kind::webhook) {
    failure why{errc::report_not_understood};
    why.fields = std::move(odd);
    co_return why;
  }
  co_return acknowledgement(checked->kind);
}

route report_route(std::string_view path, std::string_view id, std::string_view summary,
                   std::vector<field_spec> path_fields) {
  return {.method = "POST",
          .path = path,
          .asks = asked_actor::failover,
          .handle = take_report,
          .summary = summary,
          .path_fields = std::move(path_fields),
          .foreign_body = true,
          .promised = {.id = id,
                       .data = nullptr,
                       .errors = {errc::bad_request, errc::malformed_json,
                                  errc::token_invalid, errc::no_such_path,
                                  errc::report_not_understood}}};
}

constexpr field_spec provider_field{.name = "provider", .means = field_meaning::provider};

} // namespace

std::vector<route> receipt_routes() {
  return {
      report_route("/sms/receipts/:provider", "takeSignedReport",
                   "A signed delivery report of a provider.", {provider_field}),
      report_route(
          "/sms/receipts/:provider/:secret", "takeReport",
          "A delivery report of a provider that knows its secret path.",
          {provider_field,
           {.name = "secret", .secret = true, .means = field_meaning::provider_secret}}),
  };
}

} // namespace tinybook::http
