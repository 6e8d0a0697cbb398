#include "http/providers/aliyun_signature.hpp"

#include "http/providers/uri_text.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

namespace tinybook::http {

namespace {

constexpr auto aliyun_algorithm = "ACS3-HMAC-SHA256";

} // namespace

aliyun_signature sign_aliyun(const aliyun_signing& what) {
  std::string headers;
  std::string names;
  for (const auto& [name, value] : what.headers) {
    headers.append(name).append(":").append(value).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  const auto canonical = "POST\n/\n" + encode_pairs(what.query) + "\n" + headers + "\n"
                         + names + "\n" + sha256_hex(what.body);
  aliyun_signature out;
  out.canonical_hash = sha256_hex(canonical);
  out.signature = hex_encode(
      hmac_sha256(what.key, std::string{aliyun_algorithm} + "\n" + out.canonical_hash));
  out.authorization = std::string{aliyun_algorithm}
                      + " Credential=" + std::string{what.key_id}
                      + ",SignedHeaders=" + names + ",Signature=" + out.signature;
  return out;
}

} // namespace tinybook::http
