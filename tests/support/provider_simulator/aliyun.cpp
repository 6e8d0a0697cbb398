#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/signing.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace tinybook::test {

namespace {

using nlohmann::json;

/// The value of `name=` up to the next comma.
std::string part_of(const std::string& authorization, const std::string& name) {
  const auto at = authorization.find(name + "=");
  if (at == std::string::npos)
    return {};
  const auto begin = at + name.size() + 1;
  return authorization.substr(begin, authorization.find(',', begin) - begin);
}

/// The numbers of the mainland are written without their country.
std::string as_e164(const std::string& number) {
  if (number.starts_with('+'))
    return number;
  return number.size() == 11 && number.starts_with('1') ? "+86" + number : "+" + number;
}

/// Aliyun SMS, SendSms of 2017-05-25, signed by ACS3-HMAC-SHA256.
class aliyun_dialect final : public provider_dialect {
 public:
  using provider_dialect::provider_dialect;

  std::variant<simulated_sms, dialect_answer> read(const httplib::Request& request,
                                                   time now) const override {
    if (request.get_header_value("x-acs-action") != "SendSms"
        || request.get_header_value("x-acs-version") != "2017-05-25")
      return refusal(404, "InvalidAction.NotFound");
    const auto at =
        signing::parse(request.get_header_value("x-acs-date"), "%Y-%m-%dT%H:%M:%SZ");
    if (!at || !signing::is_fresh(*at, now))
      return refusal(400, "InvalidTimeStamp.Expired");
    if (!is_genuine(request))
      return refusal(400, "SignatureDoesNotMatch");
    return message_in(request);
  }

  dialect_answer accepted(const simulated_sms& sms) const override {
    return {200,
            json{{"Code", "OK"}, {"Message", "OK"}, {"RequestId", "r"}, {"BizId", sms.id}}
                .dump()};
  }
  dialect_answer throttled() const override { return refusal(400, "Throttling.User"); }
  dialect_answer number_limited(const simulated_sms&) const override {
    return error("isv.BUSINESS_LIMIT_CONTROL");
  }
  dialect_answer not_here(const simulated_sms&) const override {
    return error("isv.SMS_TEMPLATE_ILLEGAL");
  }
  dialect_answer rejected(const simulated_sms&) const override {
    return error("isv.MOBILE_NUMBER_ILLEGAL");
  }
  dialect_answer error(const std::string& code) const override {
    return refusal(200, code);
  }

  receipt_request receipt(const simulated_sms& sms, bool arrived, bool forged,
                          const std::string& to) const override {
    const bool chinese = sms.phone.starts_with("+86");
    json report{{"phone_number", sms.phone.substr(chinese ? 3 : 1)},
                {"send_time", "2026-01-01 08:00:00"},
                {"report_time", "2026-01-01 08:00:01"},
                {"success", arrived},
                {"err_code", arrived ? "DELIVERED" : "UNDELIV"},
                {"err_msg", "simulated"},
                {"sms_size", "1"},
                {"biz_id", sms.id},
                {"out_id", sms.client_ref}};
    return {forged ? with_wrong_secret(to) : to,
            json::array({report}).dump(),
            "application/json",
            {}};
  }

 private:
  static dialect_answer refusal(int status, const std::string& code) {
    return {status,
            json{{"Code", code}, {"Message", "simulated"}, {"RequestId", "r"}}.dump()};
  }

  static std::string canonical_query(const httplib::Request& request) {
    const auto mark = request.target.find('?');
    if (mark == std::string::npos)
      return {};
    httplib::Params params;
    httplib::detail::parse_query_text(request.target.substr(mark + 1), params);
    std::vector<std::string> pairs;
    for (const auto& [key, value] : params)
      pairs.push_back(signing::percent_encode(key) + "="
                      + signing::percent_encode(value));
    std::ranges::sort(pairs);
    std::string out;
    for (const auto& pair : pairs)
      out += (out.empty() ? "" : "&") + pair;
    return out;
  }

  bool is_genuine(const httplib::Request& request) const {
    const auto given = request.get_header_value("Authorization");
    const auto names = part_of(given, "SignedHeaders");
    if (!given.starts_with("ACS3-HMAC-SHA256 ")
        || part_of(given, "Credential") != keys().key_id)
      return false;
    const auto hash = signing::sha256_hex(request.body);
    if (request.get_header_value("x-acs-content-sha256") != hash
        || request.get_header_value("x-acs-signature-nonce").empty())
      return false;
    std::string headers;
    std::istringstream in{names};
    for (std::string name; std::getline(in, name, ';');)
      headers += name + ":" + request.get_header_value(name) + "\n";
    for (const auto* needed : {"host", "x-acs-action", "x-acs-version", "x-acs-date",
                               "x-acs-content-sha256", "x-acs-signature-nonce"})
      if (headers.find(std::string{needed} + ":") == std::string::npos)
        return false;
    const auto canonical = "POST\n" + request.path + "\n" + canonical_query(request)
                           + "\n" + headers + "\n" + names + "\n" + hash;
    return part_of(given, "Signature")
           == signing::hex(signing::hmac_sha256(
               keys().secret, "ACS3-HMAC-SHA256\n" + signing::sha256_hex(canonical)));
  }

  std::variant<simulated_sms, dialect_answer>
  message_in(const httplib::Request& request) const {
    for (const auto* field :
         {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"})
      if (!request.has_param(field))
        return refusal(400, "MissingParameter");
    const auto parameters =
        json::parse(request.get_param_value("TemplateParam"), nullptr, false);
    if (!parameters.is_object() || !parameters.contains("code"))
      return error("isv.TEMPLATE_MISSING_PARAMETERS");
    simulated_sms out;
    out.client_ref = request.get_param_value("OutId");
    out.phone = as_e164(request.get_param_value("PhoneNumbers"));
    out.code = parameters["code"].get<std::string>();
    return out;
  }
};

} // namespace

std::unique_ptr<provider_dialect> make_aliyun_dialect(credentials keys) {
  return std::make_unique<aliyun_dialect>(std::move(keys));
}

} // namespace tinybook::test
