#include "http/providers/webhook_answer.hpp"

#include "http/providers/retry_after.hpp"
#include "storage/support/text.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::http {

namespace {

using nlohmann::json;

constexpr std::size_t longest_id = 128;

outcome_class class_of(int status) {
  if (status >= 200 && status < 300)
    return outcome_class::delivered;
  switch (status) {
  case 429:
    return outcome_class::throttled;
  case 400:
  case 410:
  case 413:
  case 415:
  case 422:
    return outcome_class::rejected;
  case 408:
    return outcome_class::ambiguous;
  default:
    // A wrong key or a wrong path must not kill messages.
    return outcome_class::provider_down;
  }
}

/// The receiver's own id of the message, if its answer is an object with one.
std::string message_id_in(std::string_view body) {
  const auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object())
    return {};
  const auto id = answer.find("id");
  if (id == answer.end())
    return {};
  std::string text;
  if (id->is_string())
    text = id->get<std::string>();
  else if (id->is_number_integer())
    text = id->dump();
  if (!is_clean_text(text, line_breaks::refused))
    return {};
  return truncate_code_points(text, longest_id);
}

} // namespace

send_outcome classify_webhook_answer(int status, std::string_view body,
                                     std::string_view retry_after, wall_time now) {
  send_outcome out;
  out.kind = class_of(status);
  if (out.kind == outcome_class::delivered) {
    out.provider_message_id = message_id_in(body);
    return out;
  }
  out.provider_code = std::to_string(status);
  out.text = "HTTP " + out.provider_code;
  if (out.kind == outcome_class::throttled)
    out.retry_after = parse_retry_after(retry_after, now);
  return out;
}

} // namespace tinybook::http
