#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tinybook::http {

/// What TC3-HMAC-SHA256 signs: a POST to `/` with these two headers.
struct tencent_signing {
  std::string_view key_id;
  std::string_view key;
  std::string_view service; ///< `sms`
  std::string_view host;
  std::string_view content_type;
  std::string_view body;
  std::int64_t unix_seconds = 0;
};

struct tencent_signature {
  std::string canonical_hash; ///< SHA-256 of the canonical request, hex.
  std::string signature;      ///< Hex.
  std::string authorization;  ///< The header's value.
};

/// Signature method v3 of Tencent Cloud's API 3.0.
[[nodiscard]] tencent_signature sign_tencent(const tencent_signing& what);

} // namespace tinybook::http
