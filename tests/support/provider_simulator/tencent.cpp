#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/signing.hpp"

#include <nlohmann/json.hpp>

namespace tinybook::test {

namespace {

using nlohmann::json;

/// Tencent Cloud SMS, SendSms of API 3.0, signed by TC3-HMAC-SHA256.
class tencent_dialect final : public provider_dialect {
 public:
  using provider_dialect::provider_dialect;

  std::variant<simulated_sms, dialect_answer> read(const httplib::Request& request,
                                                   time now) const override {
    if (request.get_header_value("X-TC-Action") != "SendSms"
        || request.get_header_value("X-TC-Version") != "2021-01-11")
      return error("InvalidAction");
    if (request.get_header_value("X-TC-Region").empty())
      return error("MissingParameter");
    const auto stamp = request.get_header_value("X-TC-Timestamp");
    const time at{std::chrono::seconds{std::atoll(stamp.c_str())}};
    if (!signing::is_fresh(at, now))
      return error("AuthFailure.SignatureExpire");
    if (request.get_header_value("Authorization") != authorization(request, stamp, at))
      return error("AuthFailure.SignatureFailure");
    return message_in(request.body);
  }

  dialect_answer accepted(const simulated_sms& sms) const override {
    return status(sms, "Ok");
  }
  dialect_answer throttled() const override { return error("RequestLimitExceeded"); }
  dialect_answer number_limited(const simulated_sms& sms) const override {
    return status(sms, "LimitExceeded.PhoneNumberThirtySecondLimit");
  }
  dialect_answer not_here(const simulated_sms& sms) const override {
    return status(sms, "LimitExceeded.AppCountryOrRegionInBlacklist");
  }
  dialect_answer rejected(const simulated_sms& sms) const override {
    return status(sms, "InvalidParameterValue.IncorrectPhoneNumber");
  }
  dialect_answer error(const std::string& code) const override {
    return {200, json{{"Response",
                       {{"Error", {{"Code", code}, {"Message", "simulated"}}},
                        {"RequestId", "r"}}}}
                     .dump()};
  }

  receipt_request receipt(const simulated_sms& sms, bool arrived, bool forged,
                          const std::string& to) const override {
    const bool chinese = sms.phone.starts_with("+86");
    json report{{"user_receive_time", "2026-01-01 08:00:00"},
                {"nationcode", chinese ? "86" : sms.phone.substr(1, 2)},
                {"mobile", sms.phone.substr(3)},
                {"report_status", arrived ? "SUCCESS" : "FAIL"},
                {"errmsg", arrived ? "DELIVRD" : "UNDELIV"},
                {"description", "simulated"},
                {"sid", sms.id}};
    return {forged ? with_wrong_secret(to) : to,
            json::array({report}).dump(),
            "application/json",
            {}};
  }

 private:
  std::string authorization(const httplib::Request& request, const std::string& stamp,
                            time at) const {
    using signing::hmac_sha256;
    const auto date = signing::date_of(at);
    const auto scope = date + "/sms/tc3_request";
    const auto canonical =
        "POST\n/\n\ncontent-type:" + request.get_header_value("Content-Type")
        + "\nhost:" + request.get_header_value("Host") + "\n\ncontent-type;host\n"
        + signing::sha256_hex(request.body);
    const auto to_sign = "TC3-HMAC-SHA256\n" + stamp + "\n" + scope + "\n"
                         + signing::sha256_hex(canonical);
    const auto key = hmac_sha256(
        hmac_sha256(hmac_sha256("TC3" + keys().secret, date), "sms"), "tc3_request");
    return "TC3-HMAC-SHA256 Credential=" + keys().key_id + "/" + scope
           + ", SignedHeaders=content-type;host, Signature="
           + signing::hex(hmac_sha256(key, to_sign));
  }

  std::variant<simulated_sms, dialect_answer> message_in(const std::string& text) const {
    const auto body = json::parse(text, nullptr, false);
    if (!body.is_object())
      return error("InvalidParameter");
    for (const auto* field : {"PhoneNumberSet", "SmsSdkAppId", "TemplateId", "SignName",
                              "TemplateParamSet", "SessionContext"})
      if (!body.contains(field))
        return error("MissingParameter");
    const auto& phones = body["PhoneNumberSet"];
    const auto& parameters = body["TemplateParamSet"];
    if (phones.size() != 1 || parameters.empty())
      return error("InvalidParameterValue.ContentLengthLimit");
    simulated_sms out;
    out.client_ref = body["SessionContext"].get<std::string>();
    out.phone = phones[0].get<std::string>();
    out.code = parameters[0].get<std::string>();
    return out;
  }

  static dialect_answer status(const simulated_sms& sms, const std::string& code) {
    return {200,
            json{{"Response",
                  {{"SendStatusSet", json::array({{{"SerialNo", sms.id},
                                                   {"PhoneNumber", sms.phone},
                                                   {"Fee", code == "Ok" ? 1 : 0},
                                                   {"SessionContext", sms.client_ref},
                                                   {"Code", code},
                                                   {"Message", "simulated"},
                                                   {"IsoCode", "CN"}}})},
                   {"RequestId", "r"}}}}
                .dump()};
  }
};

} // namespace

std::unique_ptr<provider_dialect> make_tencent_dialect(credentials keys) {
  return std::make_unique<tencent_dialect>(std::move(keys));
}

} // namespace tinybook::test
