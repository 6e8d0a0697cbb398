#include "http/providers/tencent.hpp"

#include "http/providers/tencent_signature.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tinybook::http {

namespace {

using nlohmann::json;

constexpr std::string_view content_type = "application/json; charset=utf-8";
constexpr std::size_t most_digits = 6;

bool fits_template(const std::string& value) {
  return value.size() <= most_digits
         && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

result<json> template_values(const tencent_options& options,
                             const outgoing_sms& message) {
  auto values = json::array();
  for (const auto& name : options.template_params) {
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
  return json{
      {"PhoneNumberSet", {message.phone}},     {"SmsSdkAppId", options.app_id},
      {"TemplateId", options.template_id},     {"SignName", options.sign_name},
      {"TemplateParamSet", std::move(values)}, {"SessionContext", message.client_ref}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
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
  const auto host = url->origin.substr(url->origin.find("://") + 3);
  const auto seconds = to_unix_ms(now) / 1000;
  const auto sig = sign_tencent({.key_id = options.access_key_id,
                                 .key = options.secret,
                                 .service = "sms",
                                 .host = host,
                                 .content_type = content_type,
                                 .body = out.body,
                                 .unix_seconds = seconds});
  out.headers = {{"Authorization", sig.authorization},
                 {"Content-Type", std::string{content_type}},
                 {"Host", host},
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

} // namespace tinybook::http
