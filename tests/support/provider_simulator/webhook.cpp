#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/signing.hpp"

#include <nlohmann/json.hpp>

namespace tinybook::test {

namespace {

using nlohmann::json;

/// Standard Webhooks, as the generic provider uses them.
class webhook_dialect final : public provider_dialect {
 public:
  using provider_dialect::provider_dialect;

  std::variant<simulated_sms, dialect_answer> read(const httplib::Request& request,
                                                   time now) const override {
    if (!keys().secret.empty() && !is_genuine(request, now))
      return dialect_answer{401, R"({"error":"wrong signature"})"};
    const auto body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("phone") || !body.contains("parameters"))
      return dialect_answer{400, R"({"error":"not understood"})"};
    simulated_sms out;
    out.client_ref = request.get_header_value("webhook-id");
    out.phone = body["phone"].get<std::string>();
    out.code = body["parameters"].value("code", "");
    if (body.contains("text") && body["text"].is_string())
      out.text = body["text"].get<std::string>();
    return out;
  }

  dialect_answer accepted(const simulated_sms& sms) const override {
    return {202, json{{"id", sms.id}}.dump()};
  }
  dialect_answer throttled() const override { return {429, R"({"error":"too many"})"}; }
  dialect_answer number_limited(const simulated_sms&) const override {
    return {429, R"({"number_limited":true})"};
  }
  dialect_answer not_here(const simulated_sms&) const override {
    return {422, R"({"not_here":true,"whole_region":true,"reason":"simulated"})"};
  }
  dialect_answer rejected(const simulated_sms&) const override {
    return {422, R"({"rejected":true,"reason":"simulated"})"};
  }
  dialect_answer error(const std::string& code) const override {
    return {500, json{{"error", code}}.dump()};
  }

  receipt_request receipt(const simulated_sms& sms, bool arrived, bool forged,
                          const std::string& to) const override {
    return {forged ? with_wrong_secret(to) : to,
            json::array({{{"id", sms.id},
                          {"phone", sms.phone},
                          {"status", arrived ? "delivered" : "failed"},
                          {"error", arrived ? "" : "unreachable"}}})
                .dump(),
            "application/json",
            {}};
  }

 private:
  bool is_genuine(const httplib::Request& request, time now) const {
    const auto id = request.get_header_value("webhook-id");
    const auto at = request.get_header_value("webhook-timestamp");
    const auto key = signing::from_base64(keys().secret.substr(6));
    const auto expected =
        "v1,"
        + signing::base64(signing::hmac_sha256(key, id + "." + at + "." + request.body));
    const auto seconds = std::atoll(at.c_str());
    return request.get_header_value("webhook-signature") == expected
           && signing::is_fresh(time{std::chrono::seconds{seconds}}, now);
  }
};

} // namespace

std::unique_ptr<provider_dialect> make_webhook_dialect(credentials keys) {
  return std::make_unique<webhook_dialect>(std::move(keys));
}

} // namespace tinybook::test
