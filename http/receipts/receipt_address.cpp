#include "http/receipts/receipt_address.hpp"

namespace tinybook::http {

namespace {

std::string receipt_path(const config::sms_provider& provider) {
  auto path = "/sms/receipts/" + provider.name;
  if (!provider.receipt_secret.empty())
    path += "/" + provider.receipt_secret;
  return path;
}

} // namespace

std::string receipt_url(const std::string& public_url,
                        const config::sms_provider& provider) {
  if (public_url.empty())
    return {};
  auto base = public_url;
  while (base.ends_with('/'))
    base.pop_back();
  return base + receipt_path(provider);
}

} // namespace tinybook::http
