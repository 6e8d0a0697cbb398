#pragma once

#include "http/providers/http_channel.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook::http {

/// The raw key in `whsec_<base64>`. Errors: `internal`, without the secret.
[[nodiscard]] result<std::string> decode_webhook_secret(std::string_view secret);

/// The value of `webhook-signature` (Standard Webhooks): `v1,` and the base64 of
/// HMAC-SHA256 over `id.timestamp.body`.
[[nodiscard]] std::string sign_webhook(std::string_view key, std::string_view id,
                                       std::int64_t unix_seconds, std::string_view body);

/// What Standard Webhooks says of a request beside its body.
struct webhook_stamp {
  std::string id;
  std::int64_t unix_seconds = 0;
};

/// A POST of JSON with the headers of Standard Webhooks. `key`: raw; empty = it is not
/// signed.
[[nodiscard]] provider_request signed_request(std::string target, std::string_view key,
                                              const webhook_stamp& stamp,
                                              std::string body);

} // namespace tinybook::http
