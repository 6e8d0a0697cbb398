#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/signing.hpp"

#include <nlohmann/json.hpp>

#include <regex>

namespace tinybook::test {

namespace {

using nlohmann::json;

/// Twilio's Messages.
class twilio_dialect final : public provider_dialect {
 public:
  using provider_dialect::provider_dialect;

  std::variant<simulated_sms, dialect_answer> read(const httplib::Request& request,
                                                   time) const override {
    const auto expected = "Basic " + signing::base64(keys().key_id + ":" + keys().secret);
    if (request.get_header_value("Authorization") != expected)
      return refusal(401, 20003);
    if (request.path != "/2010-04-01/Accounts/" + keys().key_id + "/Messages.json")
      return refusal(404, 20404);
    if (!request.has_param("To") || !request.has_param("Body"))
      return refusal(400, 21604);
    if (!request.has_param("From") && !request.has_param("MessagingServiceSid"))
      return refusal(400, 21603);
    if (request.has_param("ValidityPeriod")) {
      const auto seconds = std::atoi(request.get_param_value("ValidityPeriod").c_str());
      if (seconds < 1 || seconds > 36'000)
        return refusal(400, 30'022);
    }
    simulated_sms out;
    out.phone = request.get_param_value("To");
    out.text = request.get_param_value("Body");
    out.callback = request.get_param_value("StatusCallback");
    std::smatch digits;
    if (std::regex_search(out.text, digits, std::regex{"[0-9]{6}"}))
      out.code = digits.str();
    return out;
  }

  dialect_answer accepted(const simulated_sms& sms) const override {
    return {201, json{{"sid", sms.id},
                      {"status", "queued"},
                      {"to", sms.phone},
                      {"error_code", nullptr}}
                     .dump()};
  }
  dialect_answer throttled() const override { return refusal(429, 20429); }
  dialect_answer number_limited(const simulated_sms&) const override {
    return throttled();
  }
  dialect_answer not_here(const simulated_sms&) const override {
    return refusal(400, 21408);
  }
  dialect_answer rejected(const simulated_sms&) const override {
    return refusal(400, 21211);
  }
  dialect_answer error(const std::string& code) const override {
    return refusal(400, std::atoi(code.c_str()));
  }

  receipt_request receipt(const simulated_sms& sms, bool arrived, bool forged,
                          const std::string& to) const override {
    const std::map<std::string, std::string> fields{
        {"AccountSid", keys().key_id},
        {"ErrorCode", arrived ? "" : "30003"},
        {"MessageSid", sms.id},
        {"MessageStatus", arrived ? "delivered" : "undelivered"},
        {"To", sms.phone}};
    // What is signed is the address as the customer gave it.
    auto signed_text = sms.callback.empty() ? to : sms.callback;
    std::string body;
    for (const auto& [key, value] : fields) {
      signed_text += key + value;
      body += (body.empty() ? "" : "&") + key + "=" + signing::percent_encode(value);
    }
    const auto key = forged ? "a-token-that-nobody-gave" : keys().secret;
    return {
        to.empty() ? sms.callback : to,
        body,
        "application/x-www-form-urlencoded",
        {{"X-Twilio-Signature", signing::base64(signing::hmac_sha1(key, signed_text))}}};
  }

 private:
  static dialect_answer refusal(int status, int code) {
    return {status, json{{"code", code},
                         {"message", "simulated"},
                         {"more_info", "https://www.twilio.com/docs/errors/"},
                         {"status", status}}
                        .dump()};
  }
};

} // namespace

std::unique_ptr<provider_dialect> make_twilio_dialect(credentials keys) {
  return std::make_unique<twilio_dialect>(std::move(keys));
}

} // namespace tinybook::test
