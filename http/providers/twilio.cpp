#include "http/providers/twilio.hpp"

#include "actors/sms/message_text.hpp"
#include "http/text_tools.hpp"
#include "storage/support/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace tinybook::http {

namespace {

using nlohmann::json;
using std::chrono::seconds;
using enum outcome_class;

constexpr seconds min_validity{1};
constexpr seconds max_validity{36'000};

constexpr code_rule of_region(std::string_view code) {
  return {.text = code, .kind = not_here, .whole_region = true};
}

constexpr auto twilio_codes = std::to_array<code_rule>({
    {"20429", throttled},
    // Its queue for this sender is full, or its rate is used up.
    {"14107", throttled},
    {"21611", throttled},
    {"30001", throttled},
    {"30022", throttled},
    {.text = "63038", .kind = throttled, .until_tomorrow = true},
    // Wrong credentials, or a sender that is not ours.
    {"20003", provider_down},
    {"21606", provider_down},
    // The region is not enabled, or cannot be reached from this sender.
    of_region("21408"),
    of_region("21612"),
    // Senders that are not registered for the country, or are at its daily limit.
    of_region("30023"),
    of_region("30032"),
    of_region("30034"),
    // The owner of the number has opted out of this sender.
    {"21610", not_here},
    // The carrier does not reach or filters it, or Twilio's guard against pumping does.
    {"30003", not_here},
    {"30004", not_here},
    {"30005", not_here},
    {"30006", not_here},
    {"30007", not_here},
    {"30450", not_here},
    // No number, or one that takes no SMS.
    {"21211", rejected},
    {"21217", rejected},
    {"21614", rejected},
    {"21635", rejected},
    // A message that was accepted and failed at once; it has no code of its own.
    {"failed", provider_down},
    {"undelivered", provider_down},
});

/// The time left until the code expires: nobody wants it later.
std::string validity(const outgoing_sms& message, wall_time now) {
  const auto left = std::chrono::floor<seconds>(message.expires_at - now);
  return std::to_string(std::clamp(left, min_validity, max_validity).count());
}

std::string target_of(const std::string& base, const std::string& account) {
  auto path = base;
  while (path.ends_with('/'))
    path.pop_back();
  return path + "/2010-04-01/Accounts/" + percent_encode(account) + "/Messages.json";
}

} // namespace

result<provider_request> twilio_request(const twilio_options& options,
                                        const outgoing_sms& message, wall_time now) {
  const auto url = split(options.url);
  if (!url)
    return url.error();
  auto text = render_message(message.template_name, message.parameters, message.lang);
  if (!text)
    return text.error();
  std::map<std::string, std::string, std::less<>> form{
      {"To", message.phone},
      {"Body", std::move(*text)},
      {"ValidityPeriod", validity(message, now)}};
  if (!options.messaging_service_sid.empty())
    form["MessagingServiceSid"] = options.messaging_service_sid;
  else
    form["From"] = options.from;
  if (!options.status_callback.empty())
    form["StatusCallback"] = options.status_callback;
  return provider_request{
      target_of(url->target, options.account_sid),
      {{"Authorization",
        "Basic " + base64_encode(options.account_sid + ":" + options.auth_token)},
       {"Content-Type", "application/x-www-form-urlencoded"},
       {"Accept", "application/json"}},
      encode_pairs(form)};
}

classed_answer classify_twilio_answer(const provider_answer& answer,
                                      const outgoing_sms& sent, wall_time now) {
  const auto body = json::parse(answer.body, nullptr, false);
  if (!body.is_object())
    return class_unreadable(answer, now);
  if (!is_success(answer.status)) {
    auto code = text_field(body, "code");
    if (code.empty())
      return class_unreadable(answer, now);
    return class_refusal(twilio_codes, {std::move(code), raw_field(body, "message")},
                         answer, sent, now);
  }
  auto id = text_field(body, "sid");
  auto status = text_field(body, "status");
  if (id.empty() || status.empty())
    return class_unreadable(answer, now);
  if (status != "failed" && status != "undelivered")
    return class_accepted(std::move(id), answer);
  auto code = text_field(body, "error_code");
  return class_refusal(
      twilio_codes,
      {code.empty() ? status : std::move(code), raw_field(body, "error_message")}, answer,
      sent, now);
}

sms_provider_factory twilio_provider(twilio_options options, wall_clock clock,
                                     log_ptr log) {
  provider_endpoint endpoint{options.name, options.url, options.ca_file};
  provider_dialect dialect{
      [options = std::move(options)](const outgoing_sms& message, wall_time now) {
        return twilio_request(options, message, now);
      },
      classify_twilio_answer};
  return http_provider(std::move(endpoint), std::move(dialect), std::move(clock),
                       std::move(log));
}

} // namespace tinybook::http
