#include "http/providers/webhook_answer.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tinybook::http {

namespace {

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
