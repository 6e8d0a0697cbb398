#include "http/providers/make_provider.hpp"

#include "actors/sms/console_provider.hpp"
#include "http/providers/aliyun.hpp"
#include "http/providers/tencent.hpp"
#include "http/providers/twilio.hpp"
#include "http/providers/webhook.hpp"
#include "http/receipts/receipt_address.hpp"

#include <unistd.h>
#include <utility>

namespace tinybook::http {

namespace {

tencent_options tencent_from(const config::sms_provider& p) {
  tencent_options to;
  to.name = p.name;
  if (!p.url.empty())
    to.url = p.url;
  to.access_key_id = p.access_key_id;
  to.secret = p.secret;
  to.app_id = p.app_id;
  to.sign_name = p.sign_name;
  to.template_id = p.template_id;
  to.notice_template_id = p.notice_template_id;
  to.template_params = p.template_params;
  if (!p.region.empty())
    to.region = p.region;
  return to;
}

aliyun_options aliyun_from(const config::sms_provider& p) {
  aliyun_options to;
  to.name = p.name;
  if (!p.url.empty())
    to.url = p.url;
  to.access_key_id = p.access_key_id;
  to.secret = p.secret;
  to.sign_name = p.sign_name;
  to.template_id = p.template_id;
  to.notice_template_id = p.notice_template_id;
  to.template_params = p.template_params;
  return to;
}

twilio_options twilio_from(const config::sms_provider& p, const std::string& public_url) {
  twilio_options to;
  to.name = p.name;
  if (!p.url.empty())
    to.url = p.url;
  to.account_sid = p.account_sid;
  to.auth_token = p.secret;
  to.from = p.from;
  to.messaging_service_sid = p.messaging_service_sid;
  to.status_callback = receipt_url(public_url, p);
  return to;
}

} // namespace

std::string provider_url(const config::sms_provider& provider) {
  switch (provider.kind) {
  case config::provider_kind::console:
    return {};
  case config::provider_kind::webhook:
    break;
  case config::provider_kind::tencent:
    return tencent_from(provider).url;
  case config::provider_kind::aliyun:
    return aliyun_from(provider).url;
  case config::provider_kind::twilio:
    return twilio_from(provider, {}).url;
  }
  return provider.url;
}

sms_provider_factory make_provider(const config::sms_provider& provider,
                                   const std::string& public_url, wall_clock clock,
                                   std::shared_ptr<random_source> random, log_ptr log) {
  switch (provider.kind) {
  case config::provider_kind::console:
    break;
  case config::provider_kind::webhook:
    return webhook_provider(
        {.url = provider.url, .secret = provider.secret, .ca_file = ""},
        std::move(clock));
  case config::provider_kind::tencent:
    return tencent_provider(tencent_from(provider), std::move(clock), std::move(log));
  case config::provider_kind::aliyun:
    return aliyun_provider(aliyun_from(provider), std::move(clock), std::move(random),
                           std::move(log));
  case config::provider_kind::twilio:
    return twilio_provider(twilio_from(provider, public_url), std::move(clock),
                           std::move(log));
  }
  return [] {
    return make_console_provider(STDOUT_FILENO);
  };
}

} // namespace tinybook::http
