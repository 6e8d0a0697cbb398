#include "http/providers/webhook_signature.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <utility>

namespace tinybook::http {

namespace {

constexpr std::string_view secret_prefix = "whsec_";

} // namespace

result<std::string> decode_webhook_secret(std::string_view secret) {
  if (!secret.starts_with(secret_prefix))
    return failure{errc::internal, "a webhook's secret starts with whsec_"};
  auto key = base64_decode(secret.substr(secret_prefix.size()));
  if (!key || key->empty())
    return failure{errc::internal, "a webhook's secret is whsec_ and base64"};
  return std::move(*key);
}

std::string sign_webhook(std::string_view key, std::string_view id,
                         std::int64_t unix_seconds, std::string_view body) {
  std::string signed_text{id};
  signed_text += '.';
  signed_text += std::to_string(unix_seconds);
  signed_text += '.';
  signed_text += body;
  return "v1," + base64_encode(hmac_sha256(key, signed_text));
}

provider_request signed_request(std::string target, std::string_view key,
                                const webhook_stamp& stamp, std::string body) {
  provider_request request{std::move(target),
                           {{"Content-Type", "application/json; charset=utf-8"},
                            {"Accept", "application/json"},
                            {"webhook-id", stamp.id},
                            {"webhook-timestamp", std::to_string(stamp.unix_seconds)}},
                           std::move(body)};
  if (!key.empty())
    request.headers.emplace_back(
        "webhook-signature",
        sign_webhook(key, stamp.id, stamp.unix_seconds, request.body));
  return request;
}

} // namespace tinybook::http
