#pragma once

#include "tests/support/provider_simulator/script.hpp"

#include <httplib.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tinybook::test {

enum class dialect_kind { webhook, tencent, aliyun, twilio };

/// Throws std::invalid_argument for an unknown name.
[[nodiscard]] dialect_kind dialect_named(std::string_view name);

/// What a client of the provider must know; whatever fits the dialect.
struct credentials {
  std::string key_id; ///< Tencent SecretId, Aliyun AccessKeyId, Twilio account.
  std::string secret; ///< Webhook: `whsec_…`, empty = any request is taken.
};

/// One message, as the dialect writes it.
struct simulated_sms {
  std::string client_ref;
  std::string phone; ///< E.164.
  std::string code;
  std::string text;     ///< Where the dialect carries one.
  std::string callback; ///< Where the request names one (Twilio).
  std::string id;       ///< The provider's, once it has taken it.
};

struct dialect_answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
};

/// A report to the provider's customer.
struct receipt_request {
  std::string url;
  std::string body;
  std::string content_type = "application/json";
  httplib::Headers headers;
};

/// One provider's protocol: paths, headers, bodies, signatures.
class provider_dialect {
 public:
  using time = std::chrono::system_clock::time_point;

  explicit provider_dialect(credentials c) : keys_(std::move(c)) {}
  virtual ~provider_dialect() = default;
  provider_dialect(const provider_dialect&) = delete;
  provider_dialect& operator=(const provider_dialect&) = delete;

  /// The message of a genuine request, or the provider's answer to a bad one.
  [[nodiscard]] virtual std::variant<simulated_sms, dialect_answer>
  read(const httplib::Request& request, time now) const = 0;

  [[nodiscard]] virtual dialect_answer accepted(const simulated_sms& sms) const = 0;
  [[nodiscard]] virtual dialect_answer throttled() const = 0;
  /// Too many for the number; where the provider knows no such limit, as `throttled`.
  [[nodiscard]] virtual dialect_answer number_limited(const simulated_sms& sms) const = 0;
  [[nodiscard]] virtual dialect_answer not_here(const simulated_sms& sms) const = 0;
  [[nodiscard]] virtual dialect_answer rejected(const simulated_sms& sms) const = 0;
  /// The provider's error of that code.
  [[nodiscard]] virtual dialect_answer error(const std::string& code) const = 0;

  /// Where the dialect has no signature, `to` ends in the secret of the path.
  [[nodiscard]] virtual receipt_request receipt(const simulated_sms& sms, bool arrived,
                                                bool forged,
                                                const std::string& to) const = 0;

 protected:
  [[nodiscard]] const credentials& keys() const { return keys_; }

 private:
  credentials keys_;
};

[[nodiscard]] std::unique_ptr<provider_dialect> make_dialect(dialect_kind kind,
                                                             credentials keys);

[[nodiscard]] std::unique_ptr<provider_dialect> make_webhook_dialect(credentials keys);
[[nodiscard]] std::unique_ptr<provider_dialect> make_tencent_dialect(credentials keys);
[[nodiscard]] std::unique_ptr<provider_dialect> make_aliyun_dialect(credentials keys);
[[nodiscard]] std::unique_ptr<provider_dialect> make_twilio_dialect(credentials keys);

/// `url` with another last segment of its path.
[[nodiscard]] std::string with_wrong_secret(const std::string& url);

} // namespace tinybook::test
