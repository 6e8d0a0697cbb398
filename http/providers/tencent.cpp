#include "http/providers/tencent.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "storage/types.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace tinybook::http {

namespace {

using nlohmann::json;
using enum outcome_class;

constexpr std::string_view content_type = "application/json; charset=utf-8";
constexpr std::size_t max_digits = 6;

bool fits_template(const std::string& value) {
  return value.size() <= max_digits
         && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

result<json> template_values(const tencent_options& options,
                             const outgoing_sms& message) {
  auto values = json::array();
  for (const auto& name : options.template_params) {
    if (message.is_notice())
      break;
    const auto at = message.parameters.find(name);
    if (at == message.parameters.end())
      return failure{errc::internal, "message without parameter " + name};
    if (!fits_template(at->second))
      return failure{errc::internal, "parameter " + name + " is not 0 to 6 digits"};
    values.push_back(at->second);
  }
  return values;
}

std::string body_of(const tencent_options& options, const outgoing_sms& message,
                    json values) {
  return json{{"PhoneNumberSet", {message.phone}},
              {"SmsSdkAppId", options.app_id},
              {"TemplateId",
               message.is_notice() ? options.notice_template_id : options.template_id},
              {"SignName", options.sign_name},
              {"TemplateParamSet", std::move(values)},
              {"SessionContext", message.client_ref}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

constexpr std::string_view tencent_algorithm = "TC3-HMAC-SHA256";
constexpr std::string_view terminator = "tc3_request";
constexpr std::string_view signed_header_names = "content-type;host";
constexpr std::size_t date_length = 10;

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts)
    text += part;
  return text;
}

constexpr auto tencent_codes = std::to_array<code_rule>({
    {"RequestLimitExceeded", throttled, by_prefix},
    {"LimitExceeded.PhoneNumber", number_limited, by_prefix},
    {"LimitExceeded.DeliveryFrequencyLimit", number_limited},
    // Limits of a country, of the mainland, of all others; and a country that is closed.
    {"LimitExceeded.AppCountryOrRegion", not_here, by_prefix, true},
    {"LimitExceeded.AppMainlandChina", not_here, by_prefix, true},
    {"LimitExceeded.AppGlobal", not_here, by_prefix, true},
    {.text = "LimitExceeded.AppDailyLimit", .kind = throttled, .until_tomorrow = true},
    {.text = "LimitExceeded.DailyLimit", .kind = throttled, .until_tomorrow = true},
    // A template of the mainland for a number abroad, and the other way round.
    {"UnsupportedOperation", not_here, by_prefix, true},
    {"FailedOperation.Template", not_here, by_prefix, true},
    {"FailedOperation.SignatureIncorrectOrUnapproved", not_here, code_rule::match::whole,
     true},
    // Its filters.
    {"FailedOperation.ContainSensitiveWord", not_here},
    {"FailedOperation.PhoneNumberInBlacklist", not_here},
    {"InternalError.Timeout", ambiguous},
    {"InternalError.SendAndRecvFail", ambiguous},
    {"InternalError.OtherError", ambiguous},
    {"FailedOperation.InsufficientBalanceInSmsPackage", provider_down},
    {"AuthFailure", provider_down, by_prefix},
    // Arrears, as the provider spells them, too.
    {"SerivceSuspendDueToArrears", provider_down, by_suffix},
    {"ServiceSuspendDueToArrears", provider_down, by_suffix},
    {"UnauthorizedOperation", provider_down, by_prefix},
    {"InvalidParameterValue.IncorrectPhoneNumber", rejected},
});

const json* member(const json& object, std::string_view name) {
  if (!object.is_object())
    return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

} // namespace

result<provider_request> tencent_request(const tencent_options& options,
                                         const outgoing_sms& message, wall_time now) {
  const auto url = split(options.url);
  if (!url)
    return url.error();
  auto values = template_values(options, message);
  if (!values)
    return values.error();
  provider_request out{url->target, {}, body_of(options, message, std::move(*values))};
  const auto seconds = to_unix_ms(now) / 1000;
  const auto sig = sign_tencent({.key_id = options.access_key_id,
                                 .key = options.secret,
                                 .service = "sms",
                                 .host = url->host,
                                 .content_type = content_type,
                                 .body = out.body,
                                 .unix_seconds = seconds});
  out.headers = {{"Authorization", sig.authorization},
                 {"Content-Type", std::string{content_type}},
                 {"Host", url->host},
                 {"X-TC-Action", "SendSms"},
                 {"X-TC-Version", "2021-01-11"},
                 {"X-TC-Timestamp", std::to_string(seconds)},
                 {"X-TC-Region", options.region}};
  return out;
}

sms_provider_factory tencent_provider(tencent_options options, wall_clock clock,
                                      log_ptr log) {
  provider_endpoint endpoint{options.name, options.url, options.ca_file};
  provider_dialect dialect{
      [options = std::move(options)](const outgoing_sms& message, wall_time now) {
        return tencent_request(options, message, now);
      },
      classify_tencent_answer};
  return http_provider(std::move(endpoint), std::move(dialect), std::move(clock),
                       std::move(log));
}

tencent_signature sign_tencent(const tencent_signing& what) {
  const auto date =
      format_rfc3339(from_unix_ms(what.unix_seconds * 1000)).substr(0, date_length);
  const auto scope = joined({date, "/", what.service, "/", terminator});
  tencent_signature out;
  out.canonical_hash = sha256_hex(
      joined({"POST\n/\n\ncontent-type:", what.content_type, "\nhost:", what.host, "\n\n",
              signed_header_names, "\n", sha256_hex(what.body)}));
  const auto to_sign = joined({tencent_algorithm, "\n", std::to_string(what.unix_seconds),
                               "\n", scope, "\n", out.canonical_hash});
  const auto day_key = hmac_sha256(joined({"TC3", what.key}), date);
  const auto key = hmac_sha256(hmac_sha256(day_key, what.service), terminator);
  out.signature = hex_encode(hmac_sha256(key, to_sign));
  out.authorization =
      joined({tencent_algorithm, " Credential=", what.key_id, "/", scope,
              ", SignedHeaders=", signed_header_names, ", Signature=", out.signature});
  return out;
}

classed_answer classify_tencent_answer(const provider_answer& answer,
                                       const outgoing_sms& sent, wall_time now) {
  const auto body = json::parse(answer.body, nullptr, false);
  const auto* response = member(body, "Response");
  if (response == nullptr)
    return class_unreadable(answer, now);
  const auto* verdict = member(*response, "Error");
  if (verdict == nullptr) {
    // One number was sent, so one status must come back.
    const auto* all = member(*response, "SendStatusSet");
    if (all == nullptr || !all->is_array() || all->size() != 1)
      return class_unreadable(answer, now);
    verdict = &all->front();
  }
  if (!verdict->is_object())
    return class_unreadable(answer, now);
  auto code = text_field(*verdict, "Code");
  if (code.empty())
    return class_unreadable(answer, now);
  if (code == "Ok")
    return class_accepted(text_field(*verdict, "SerialNo"), answer);
  return class_refusal(tencent_codes, {std::move(code), raw_field(*verdict, "Message")},
                       answer, sent, now);
}

} // namespace tinybook::http
