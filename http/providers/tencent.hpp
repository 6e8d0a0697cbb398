#pragma once

#include "http/providers/provider_client.hpp"

#include <string>
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

/// Both levels are looked at: `Response.Error`, and the status of our one number.
[[nodiscard]] classed_answer classify_tencent_answer(const provider_answer& answer,
                                                     const outgoing_sms& sent,
                                                     wall_time now);

[[nodiscard]] sms_provider_factory tencent_provider(tencent_options options,
                                                    wall_clock clock, log_ptr log);

} // namespace tinybook::http
