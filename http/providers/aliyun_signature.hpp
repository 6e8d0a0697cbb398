#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tinybook::http {

/// What ACS3-HMAC-SHA256 signs: a POST to `/`.
struct aliyun_signing {
  using pairs = std::map<std::string, std::string, std::less<>>;

  std::string_view key_id;
  std::string_view key;
  pairs query;   ///< Not encoded yet.
  pairs headers; ///< `host` and every `x-acs-…`, in lower case.
  std::string_view body;
};

struct aliyun_signature {
  std::string canonical_hash; ///< SHA-256 of the canonical request, hex.
  std::string signature;      ///< Hex.
  std::string authorization;  ///< The header's value.
};

/// Signature version 3 of Alibaba Cloud's API.
[[nodiscard]] aliyun_signature sign_aliyun(const aliyun_signing& what);

} // namespace tinybook::http
