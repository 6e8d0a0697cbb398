#pragma once

#include "http/providers/provider_client.hpp"
#include "storage/support/random.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// Alibaba Cloud SMS, `SendSms` of version 2017-05-25. It is not idempotent: OutId only
/// comes back with the report.
struct aliyun_options {
  std::string name;
  std::string url = "https://dysmsapi.aliyuncs.com";
  std::string access_key_id;
  std::string secret;
  std::string sign_name;
  std::string template_id;        ///< TemplateCode
  std::string notice_template_id; ///< Of messages without a code; without parameters.
  /// The names of the template's `${…}`.
  std::vector<std::string> template_params{"code", "minutes"};
  std::string ca_file{};
};

/// The number as the provider takes it: `+86…` as it is, any other without the plus.
/// Nothing for one that it would then mistake for a number of mainland China.
[[nodiscard]] std::optional<std::string> aliyun_phone(std::string_view e164);

[[nodiscard]] classed_answer classify_aliyun_answer(const provider_answer& answer,
                                                    const outgoing_sms& sent,
                                                    wall_time now);

/// `random` makes the nonces; safe from any thread.
[[nodiscard]] sms_provider_factory aliyun_provider(aliyun_options options,
                                                   wall_clock clock,
                                                   std::shared_ptr<random_source> random,
                                                   log_ptr log);

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
