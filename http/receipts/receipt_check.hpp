#pragma once

#include "config/settings.hpp"
#include "http/receipts/receipt_parsers.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <string_view>

namespace tinybook::http {

/// A request to `/sms/receipts/{provider}[/{secret}]`, as it came.
struct receipt_request {
  std::string_view provider;
  std::string_view secret; ///< The last segment; empty where there is none.
  std::string_view body;
  std::string_view twilio_signature;
  std::string_view webhook_id;
  std::string_view webhook_timestamp;
  std::string_view webhook_signature;
};

struct checked_receipts {
  config::provider_kind kind = config::provider_kind::console;
  parsed_receipts what;
};

/// Whether the request is what a configured provider sends, and what it reports.
///
/// A report comes at the path that ends in the provider's receipt secret, or at the plain
/// one with a signature. Twilio signs at both: `sms.public_url` and the path, with or
/// without the port. A webhook with a key signs by Standard Webhooks, with five minutes
/// of tolerance; at its secret path it need not, but what it signs must be right. A
/// provider with neither cannot report. Secrets and signatures are compared in constant
/// time.
///
/// Errors: `no_such_path` for an unknown provider and for a wrong secret, without telling
/// which; `token_invalid` for a bad signature; for the body see the parsers.
[[nodiscard]] result<checked_receipts> check_receipts(const config::sms_settings& sms,
                                                      const receipt_request& request,
                                                      wall_time now);

} // namespace tinybook::http
