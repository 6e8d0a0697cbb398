#pragma once

#include "actors/sms/sms_provider.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <string>

namespace tinybook::http {

struct webhook_options {
  std::string url;     ///< http or https; certificates are checked.
  std::string secret;  ///< `whsec_<base64>`; empty = the requests are not signed.
  std::string ca_file; ///< PEM; empty = the certificates that the system trusts.
};

/// Whether `options` can work; the reason if not. For the configuration check.
[[nodiscard]] result<done> check_webhook(const webhook_options& options);

/// Posts each message as JSON (Standard Webhooks) and classes the answer as PROVIDERS
/// says. Every client it makes keeps one connection alive, so a sender has as many
/// connections as workers. Redirects are not followed: they would carry the code to
/// wherever the answer names. Options that cannot work make every send `provider_down`.
[[nodiscard]] sms_provider_factory webhook_provider(webhook_options options,
                                                    wall_clock clock);

} // namespace tinybook::http
