#pragma once

#include "config/settings.hpp"

#include <string>

namespace tinybook::http {

/// The whole address that `provider` reports to: `/sms/receipts/<name>`, with its receipt
/// secret, where it has one, as the last segment. A secret. Empty where `public_url` is.
[[nodiscard]] std::string receipt_url(const std::string& public_url,
                                      const config::sms_provider& provider);

} // namespace tinybook::http
