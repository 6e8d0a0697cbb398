#include "http/providers/aliyun.hpp"

#include "config/settings.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook::http {

namespace {

using nlohmann::json;
using enum outcome_class;

constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t length_to_seconds = 19; ///< Of `2023-10-26T10:22:32`.

constexpr auto aliyun_codes = std::to_array<code_rule>({
    // The gateway's flow control.
    {"Throttling", throttled, by_prefix},
    {.text = "isv.DAY_LIMIT_CONTROL", .kind = throttled, .until_tomorrow = true},
    {.text = "isv.MONTH_LIMIT_CONTROL", .kind = throttled, .until_tomorrow = true},
    {"isv.BUSINESS_LIMIT_CONTROL", number_limited},
    // Templates and signatures are approved for some regions only.
    {.text = "isv.SMS_TEMPLATE_ILLEGAL", .kind = not_here, .whole_region = true},
    {.text = "isv.SMS_SIGNATURE_ILLEGAL", .kind = not_here, .whole_region = true},
    {.text = "isv.SMS_SIGN_ILLEGAL", .kind = not_here, .whole_region = true},
    {.text = "isv.DOMESTIC_NUMBER_NOT_SUPPORTED", .kind = not_here, .whole_region = true},
    // Filtered by the carrier, or the owner of the number has opted out of this sender.
    {"isv.BLACK_KEY_CONTROL_LIMIT", not_here},
    {"isv.SMS_CONTENT_ILLEGAL", not_here},
    {"isv.CUSTOMER_REFUSED", not_here},
    {"isv.OUT_OF_SERVICE", provider_down},
    {"isv.AMOUNT_NOT_ENOUGH", provider_down},
    {"isv.PRODUCT_UN_SUBSCRIPT", provider_down},
    {"isv.PRODUCT_UNSUBSCRIBE", provider_down},
    {"isv.ACCOUNT_NOT_EXISTS", provider_down},
    {"isv.ACCOUNT_ABNORMAL", provider_down},
    {"isv.DENY_IP_RANGE", provider_down},
    {"isv.TEMPLATE_MISSING_PARAMETERS", provider_down},
    {"isv.INVALID_PARAMETERS", provider_down},
    {"isp.RAM_PERMISSION_DENY", provider_down},
    {"isp.SYSTEM_ERROR", provider_down},
    {"SignatureDoesNotMatch", provider_down},
    {"SignatureNonceUsed", provider_down},
    {"InvalidAccessKeyId", provider_down, by_prefix},
    {"InvalidTimeStamp", provider_down, by_prefix},
    {"isv.MOBILE_NUMBER_ILLEGAL", rejected},
});

result<std::string> template_values(const aliyun_options& options,
                                    const outgoing_sms& message) {
  auto values = json::object();
  for (const auto& name : options.template_params) {
    if (message.is_notice())
      break;
    const auto at = message.parameters.find(name);
    if (at == message.parameters.end())
      return failure{errc::internal, "message without parameter " + name};
    values[name] = at->second;
  }
  return values.dump(-1, ' ', false, json::error_handler_t::replace);
}

aliyun_signing::pairs signed_headers(const std::string& host, const std::string& nonce,
                                     wall_time now) {
  return {
      {"host", host},
      {"x-acs-action", "SendSms"},
      {"x-acs-version", "2017-05-25"},
      {"x-acs-date", format_rfc3339(now).substr(0, length_to_seconds) + "Z"},
      {"x-acs-signature-nonce", nonce},
      {"x-acs-content-sha256", sha256_hex("")},
  };
}

constexpr auto aliyun_algorithm = "ACS3-HMAC-SHA256";

/// The signed request; `nonce` must never repeat. Fails where a parameter is missing, and
/// for a number that `aliyun_phone` does not know how to write.
result<provider_request> aliyun_request(const aliyun_options& options,
                                        const outgoing_sms& message,
                                        const std::string& nonce, wall_time now) {
  const auto url = split(options.url);
  if (!url)
    return url.error();
  auto values = template_values(options, message);
  if (!values)
    return values.error();
  const auto phone = aliyun_phone(message.phone);
  if (!phone)
    return failure{errc::internal, "the provider would take the number for another"};
  const aliyun_signing what{
      .key_id = options.access_key_id,
      .key = options.secret,
      .query = {{"PhoneNumbers", *phone},
                {"SignName", options.sign_name},
                {"TemplateCode",
                 message.is_notice() ? options.notice_template_id : options.template_id},
                {"TemplateParam", std::move(*values)},
                {"OutId", message.client_ref}},
      .headers = signed_headers(url->host, nonce, now),
      .body = ""};
  provider_request out{url->target + "?" + encode_pairs(what.query)};
  out.headers.assign(what.headers.begin(), what.headers.end());
  out.headers.emplace_back("Authorization", sign_aliyun(what).authorization);
  out.headers.emplace_back("Accept", "application/json");
  return out;
}

} // namespace

std::optional<std::string> aliyun_phone(std::string_view e164) {
  if (e164.starts_with("+86"))
    return std::string{e164};
  const auto closed = config::closed_prefixes(config::provider_kind::aliyun);
  const auto begins = [e164](const std::string& digits) {
    return e164.starts_with(digits);
  };
  if (!e164.starts_with('+') || std::ranges::any_of(closed, begins))
    return std::nullopt;
  return std::string{e164.substr(1)};
}

classed_answer classify_aliyun_answer(const provider_answer& answer,
                                      const outgoing_sms& sent, wall_time now) {
  const auto body = json::parse(answer.body, nullptr, false);
  if (!body.is_object())
    return class_unreadable(answer, now);
  auto code = text_field(body, "Code");
  if (code.empty())
    return class_unreadable(answer, now);
  if (code == "OK")
    return class_accepted(text_field(body, "BizId"), answer);
  return class_refusal(aliyun_codes, {std::move(code), raw_field(body, "Message")},
                       answer, sent, now);
}

sms_provider_factory aliyun_provider(aliyun_options options, wall_clock clock,
                                     std::shared_ptr<random_source> random, log_ptr log) {
  provider_endpoint endpoint{options.name, options.url, options.ca_file};
  provider_dialect dialect{[options = std::move(options), random = std::move(random)](
                               const outgoing_sms& message, wall_time now) {
                             std::array<unsigned char, nonce_bytes> raw{};
                             random->fill(raw);
                             const std::string nonce{raw.begin(), raw.end()};
                             return aliyun_request(options, message, hex_encode(nonce),
                                                   now);
                           },
                           classify_aliyun_answer};
  return http_provider(std::move(endpoint), std::move(dialect), std::move(clock),
                       std::move(log));
}

aliyun_signature sign_aliyun(const aliyun_signing& what) {
  std::string headers;
  std::string names;
  for (const auto& [name, value] : what.headers) {
    headers.append(name).append(":").append(value).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  const auto canonical = "POST\n/\n" + encode_pairs(what.query) + "\n" + headers + "\n"
                         + names + "\n" + sha256_hex(what.body);
  aliyun_signature out;
  out.canonical_hash = sha256_hex(canonical);
  out.signature = hex_encode(
      hmac_sha256(what.key, std::string{aliyun_algorithm} + "\n" + out.canonical_hash));
  out.authorization = std::string{aliyun_algorithm}
                      + " Credential=" + std::string{what.key_id}
                      + ",SignedHeaders=" + names + ",Signature=" + out.signature;
  return out;
}

} // namespace tinybook::http
