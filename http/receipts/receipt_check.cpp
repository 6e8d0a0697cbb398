#include "http/receipts/receipt_check.hpp"

#include "actors/codes/phone_number.hpp"
#include "http/providers/twilio_signature.hpp"
#include "http/providers/webhook_signature.hpp"
#include "http/receipts/receipt_address.hpp"
#include "http/receipts/receipt_parsers.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"

#include <algorithm>
#include <chrono>

namespace tinybook::http {

namespace {

using config::provider_kind;

constexpr std::chrono::minutes tolerance{5};

/// Whether the provider signs its reports: a webhook with a key does, and Twilio where
/// there is an address that it can sign.
bool signs(const config::sms_settings& sms, const config::sms_provider& provider) {
  switch (provider.kind) {
  case provider_kind::webhook:
    return !provider.secret.empty();
  case provider_kind::twilio:
    return !provider.secret.empty() && !sms.public_url.empty();
  default:
    return false;
  }
}

/// At its secret path, or at the plain one with a signature.
bool may_report(const config::sms_settings& sms, const config::sms_provider& provider,
                std::string_view secret) {
  if (provider.kind == provider_kind::console)
    return false;
  return secret.empty() ? signs(sms, provider)
                        : constant_time_equal(provider.receipt_secret, secret);
}

bool webhook_signed(const config::sms_provider& provider, const receipt_request& request,
                    wall_time now) {
  const auto key = decode_webhook_secret(provider.secret);
  const auto sent = parse_integer(request.webhook_timestamp);
  if (!key || sent.what != parsed_integer::outcome::ok)
    return false;
  const auto now_seconds = to_unix_ms(now) / 1000;
  const auto max_skew = std::chrono::seconds{tolerance}.count();
  if (sent.value < now_seconds - max_skew || sent.value > now_seconds + max_skew)
    return false;
  const auto wanted = sign_webhook(*key, request.webhook_id, sent.value, request.body);
  // There are several signatures while the sender changes its key.
  bool found = false;
  for (auto rest = request.webhook_signature; !rest.empty();)
    found = constant_time_equal(wanted, take_until(rest, ' ')) || found;
  return found;
}

/// `url` without its port where it names one, else with the port of its scheme.
std::string with_other_port(const std::string& url) {
  const auto host = url.find("://") + 3;
  const auto end = std::min(url.find('/', host), url.size());
  const auto bracket = url.rfind(']', end); // An IPv6 address has colons of its own.
  const auto from = bracket == url.npos ? host : std::max(host, bracket);
  if (const auto colon = url.find(':', from); colon < end)
    return url.substr(0, colon) + url.substr(end);
  return url.substr(0, end) + (url.starts_with("https:") ? ":443" : ":80")
         + url.substr(end);
}

/// Twilio signs the address that it was given, or the same with or without the port.
bool twilio_signed(const config::sms_settings& sms, const config::sms_provider& provider,
                   const receipt_request& request) {
  auto asked = provider;
  asked.receipt_secret = request.secret;
  const auto url = receipt_url(sms.public_url, asked);
  const auto fields = decode_form(request.body);
  bool found = false;
  for (const auto& form : {url, with_other_port(url)})
    found = constant_time_equal(sign_twilio(provider.secret, form, fields),
                                request.twilio_signature)
            || found;
  return found;
}

bool is_genuine(const config::sms_settings& sms, const config::sms_provider& provider,
                const receipt_request& request, wall_time now) {
  // Without a signature the secret in the path was the proof.
  if (!signs(sms, provider))
    return true;
  if (provider.kind == provider_kind::webhook)
    return (request.webhook_signature.empty() && !request.secret.empty())
           || webhook_signed(provider, request, now);
  return twilio_signed(sms, provider, request);
}

result<parsed_receipts> parse(provider_kind kind, const receipt_request& request) {
  switch (kind) {
  case provider_kind::tencent:
    return parse_tencent_receipts(request.provider, request.body);
  case provider_kind::aliyun:
    return parse_aliyun_receipts(request.provider, request.body);
  case provider_kind::twilio:
    return parse_twilio_receipts(request.provider, request.body);
  case provider_kind::webhook:
    return parse_webhook_receipts(request.provider, request.body);
  case provider_kind::console:
    break;
  }
  return errc::no_such_path;
}

} // namespace

result<checked_receipts> check_receipts(const config::sms_settings& sms,
                                        const receipt_request& request, wall_time now) {
  const auto provider =
      std::ranges::find(sms.providers, request.provider, &config::sms_provider::name);
  if (provider == sms.providers.end() || !may_report(sms, *provider, request.secret))
    return failure{errc::no_such_path, "no provider reports there"};
  if (!is_genuine(sms, *provider, request, now))
    return failure{errc::token_invalid, "a delivery report with a bad signature"};
  auto receipts = parse(provider->kind, request);
  if (!receipts)
    return receipts.error();
  // The provider may write the phone in another way than the message does.
  for (auto& one : receipts->receipts)
    one.phone = canonical_phone(one.phone);
  return checked_receipts{provider->kind, std::move(*receipts)};
}

} // namespace tinybook::http
