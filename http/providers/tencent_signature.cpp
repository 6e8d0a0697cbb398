#include "http/providers/tencent_signature.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "storage/types.hpp"

namespace tinybook::http {

namespace {

constexpr std::string_view tencent_algorithm = "TC3-HMAC-SHA256";
constexpr std::string_view terminator = "tc3_request";
constexpr std::string_view signed_header_names = "content-type;host";
constexpr std::size_t date_length = 10;

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts)
    text += part;
  return text;
}

} // namespace

tencent_signature sign_tencent(const tencent_signing& what) {
  const auto date =
      format_rfc3339(from_unix_ms(what.unix_seconds * 1000)).substr(0, date_length);
  const auto scope = joined({date, "/", what.service, "/", terminator});
  tencent_signature out;
  out.canonical_hash = sha256_hex(
      joined({"POST\n/\n\ncontent-type:", what.content_type, "\nhost:", what.host, "\n\n",
              signed_header_names, "\n", sha256_hex(what.body)}));
  const auto to_sign = joined({tencent_algorithm, "\n", std::to_string(what.unix_seconds),
                               "\n", scope, "\n", out.canonical_hash});
  const auto day_key = hmac_sha256(joined({"TC3", what.key}), date);
  const auto key = hmac_sha256(hmac_sha256(day_key, what.service), terminator);
  out.signature = hex_encode(hmac_sha256(key, to_sign));
  out.authorization =
      joined({tencent_algorithm, " Credential=", what.key_id, "/", scope,
              ", SignedHeaders=", signed_header_names, ", Signature=", out.signature});
  return out;
}

} // namespace tinybook::http
