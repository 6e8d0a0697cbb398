#pragma once

#include "http/providers/provider_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Tencent Cloud SMS, `SendSms` of API 3.0.
struct tencent_options {
  std::string name;
  std::string url = "https://sms.tencentcloudapi.com";
  std::string access_key_id;
  std::string secret;
  std::string app_id; ///< SmsSdkAppId
  std::string sign_name;
  std::string template_id;
  std::string notice_template_id; ///< Of messages without a code; without parameters.
  /// What the template's `{1}`, `{2}` … stand for. The usual verification template reads
  /// "{1} is your code, valid for {2} minutes"; one with `{1}` only takes `code` alone.
  std::vector<std::string> template_params{"code", "minutes"};
  std::string region = "ap-guangzhou";
  std::string ca_file{};
};

/// The signed request. Fails where a parameter is missing or not 0 to 6 digits, which is
/// all that verification templates take.
[[nodiscard]] result<provider_request> tencent_request(const tencent_options& options,
                                                       const outgoing_sms& message,
                                                       wall_time now);

/// Looks at both levels: `Response.Error`, and the status of our one number.
[[nodiscard]] classed_answer classify_tencent_answer(const provider_answer& answer,
                                                     const outgoing_sms& sent,
                                                     wall_time now);

[[nodiscard]] sms_provider_factory tencent_provider(tencent_options options,
                                                    wall_clock clock, log_ptr log);

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
