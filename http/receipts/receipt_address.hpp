#pragma once

#include "config/settings.hpp"

#include <string>

namespace tinybook::http {

/// Where `provider` reports to: `/sms/receipts/<name>`, with its receipt secret, where it
/// has one, as the last segment. A secret.
[[nodiscard]] std::string receipt_path(const config::sms_provider& provider);

/// The same as a whole address; empty where `public_url` is.
[[nodiscard]] std::string receipt_url(const std::string& public_url,
                                      const config::sms_provider& provider);

} // namespace tinybook::http
