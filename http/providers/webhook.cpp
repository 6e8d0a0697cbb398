#include "http/providers/webhook.hpp"

#include "actors/sms/message_text.hpp"
#include "http/providers/provider_client.hpp"
#include "http/providers/webhook_signature.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace tinybook::http {

namespace {

std::string body_of(const outgoing_sms& message) {
  using nlohmann::json;
  const auto text =
      render_message(message.template_name, message.parameters, message.lang);
  json body{{"id", message.client_ref},
            {"phone", message.phone},
            {"template", message.template_name},
            {"parameters", message.parameters},
            {"purpose", message.purpose},
            {"expires_at", format_rfc3339(message.expires_at)}};
  body["text"] = text ? json(*text) : json(nullptr);
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

using nlohmann::json;

outcome_class class_of(int status) {
  if (is_success(status))
    return outcome_class::delivered;
  switch (status) {
  case 429:
    return outcome_class::throttled;
  case 410:
    return outcome_class::rejected;
  case 408:
    return outcome_class::ambiguous;
  default:
    // A receiver with a wrong key or path, or that does not understand us (400, 413, 415,
    // 422), must not kill messages.
    return outcome_class::provider_down;
  }
}

bool says(const json& answer, const char* what) {
  const auto at = answer.find(what);
  return at != answer.end() && *at == true;
}

/// What the answer's body says beyond its status.
std::optional<outcome_class> class_in(const json& answer) {
  if (!answer.is_object())
    return std::nullopt;
  if (says(answer, "rejected"))
    return outcome_class::rejected;
  if (says(answer, "not_here"))
    return outcome_class::not_here;
  if (says(answer, "number_limited"))
    return outcome_class::number_limited;
  return std::nullopt;
}

} // namespace

result<done> check_webhook(const webhook_options& options) {
  if (auto url = split(options.url); !url)
    return url.error();
  if (options.secret.empty())
    return done{};
  if (auto key = decode_webhook_secret(options.secret); !key)
    return key.error();
  return done{};
}

sms_provider_factory webhook_provider(webhook_options options, wall_clock clock) {
  if (auto works = check_webhook(options); !works)
    return broken_provider(works.error().detail);
  const auto url = split(options.url);
  std::string key;
  if (!options.secret.empty())
    key = *decode_webhook_secret(options.secret);
  provider_dialect dialect{
      [target = url->target, key = std::move(key)](const outgoing_sms& message,
                                                   wall_time now) {
        return signed_request(target, key, {message.client_ref, to_unix_ms(now) / 1000},
                              body_of(message));
      },
      classify_webhook_answer};
  return http_provider({"webhook", options.url, options.ca_file}, std::move(dialect),
                       std::move(clock), nullptr);
}

classed_answer classify_webhook_answer(const provider_answer& answer,
                                       const outgoing_sms& sent, wall_time now) {
  const auto body = json::parse(answer.body, nullptr, false);
  const auto said = class_in(body);
  classed_answer classed;
  auto& out = classed.outcome;
  out.kind = said.value_or(class_of(answer.status));
  if (out.kind == outcome_class::delivered) {
    if (body.is_object())
      out.provider_message_id = text_field(body, "id");
    return classed;
  }
  out.provider_code = std::to_string(answer.status);
  out.text = "HTTP " + out.provider_code;
  if (said) {
    out.whole_region = says(body, "whole_region");
    if (auto reason = raw_field(body, "reason"); !reason.empty())
      out.text = scrub(reason, sent);
  }
  add_wait(out, answer, now);
  return classed;
}

} // namespace tinybook::http
