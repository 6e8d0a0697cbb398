#include "tests/support/provider_simulator/dialect.hpp"
#include "tests/support/provider_simulator/signing.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

using answer_or_sms = std::variant<simulated_sms, dialect_answer>;

std::chrono::system_clock::time_point at(std::int64_t unix_seconds) {
  return std::chrono::system_clock::time_point{std::chrono::seconds{unix_seconds}};
}

std::string refusal(const answer_or_sms& read) {
  const auto* answer = std::get_if<dialect_answer>(&read);
  return answer == nullptr ? "taken" : std::to_string(answer->status) + answer->body;
}

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// A request with its signature, as published.
httplib::Request webhook_vector() {
  httplib::Request q;
  q.body = R"({"test": 2432232314})";
  q.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
               {"webhook-timestamp", "1614265330"},
               {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  return q;
}

httplib::Request tencent_vector() {
  httplib::Request q;
  q.body = R"({"PhoneNumberSet":["+8618501234444"],"SmsSdkAppId":"1400006666",)"
           R"("TemplateId":"1110","SignName":"腾讯云","TemplateParamSet":["4370"]})";
  q.headers = {{"X-TC-Action", "SendSms"},
               {"X-TC-Version", "2021-01-11"},
               {"X-TC-Region", "ap-guangzhou"},
               {"X-TC-Timestamp", "1551113065"},
               {"Host", "sms.tencentcloudapi.com"},
               {"Content-Type", "application/json; charset=utf-8"},
               {"Authorization",
                "TC3-HMAC-SHA256 Credential=id/2019-02-25/sms/tc3_request, "
                "SignedHeaders=content-type;host, Signature="
                "b2ba0620ec6040e7f5baebaf5028eb2074726c1dc063738da915cbdd339ed920"}};
  return q;
}

} // namespace

TEST_CASE("the webhook takes the published signature and no other") {
  const auto provider =
      make_webhook_dialect({"", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
  auto q = webhook_vector();
  CHECK(holds(refusal(provider->read(q, at(1614265330))), "not understood"));
  CHECK(holds(refusal(provider->read(q, at(1614265330 + 301))), "wrong signature"));
  q.body += ' ';
  CHECK(holds(refusal(provider->read(q, at(1614265330))), "wrong signature"));
}

TEST_CASE("Tencent takes the published signature and no other") {
  const auto provider = make_tencent_dialect({"id", std::string(32, '*')});
  auto q = tencent_vector();
  // Genuine, but without the field that carries our reference.
  CHECK(holds(refusal(provider->read(q, at(1551113065))), "MissingParameter"));
  CHECK(holds(refusal(provider->read(q, at(1551113065 - 301))),
              "AuthFailure.SignatureExpire"));
  q.body += ' ';
  CHECK(
      holds(refusal(provider->read(q, at(1551113065))), "AuthFailure.SignatureFailure"));
}

TEST_CASE("Aliyun's canonical request gives the published hash") {
  const std::string canonical =
      "POST\n/\nImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId="
      "cn-shanghai\nhost:ecs.cn-shanghai.aliyuncs.com\nx-acs-action:RunInstances\n"
      "x-acs-content-sha256:"
      + signing::sha256_hex("")
      + "\nx-acs-date:2023-10-26T10:22:32Z\nx-acs-signature-nonce:"
        "3156853299f313e23d1673dc12e1703d\nx-acs-version:2014-05-26\n\nhost;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version\n"
      + signing::sha256_hex("");
  const auto hash = signing::sha256_hex(canonical);
  CHECK(hash == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
  CHECK(signing::hex(
            signing::hmac_sha256("YourAccessKeySecret", "ACS3-HMAC-SHA256\n" + hash))
        == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
}

TEST_CASE("Aliyun refuses a request that it cannot check") {
  const auto provider = make_aliyun_dialect({"id", "secret"});
  httplib::Request q;
  q.headers = {{"x-acs-action", "SendSms"},
               {"x-acs-version", "2017-05-25"},
               {"x-acs-date", "2023-10-26T10:22:32Z"},
               {"Authorization", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,"
                                 "Signature=00"}};
  CHECK(holds(refusal(provider->read(q, at(1698315752))), "SignatureDoesNotMatch"));
  CHECK(holds(refusal(provider->read(q, at(1698319999))), "InvalidTimeStamp.Expired"));
}

TEST_CASE("Twilio signs its receipts as published") {
  CHECK(signing::base64(signing::hmac_sha1(
            "12345", "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDE"
                     "Caller+14158675309Digits1234From+14158675309To+18005551212"))
        == "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST_CASE("Twilio wants its account, its path and its fields") {
  const auto provider = make_twilio_dialect({"AC1", "token"});
  httplib::Request q;
  q.path = "/2010-04-01/Accounts/AC1/Messages.json";
  CHECK(holds(refusal(provider->read(q, {})), "20003"));
  q.headers.emplace("Authorization", "Basic " + signing::base64("AC1:token"));
  CHECK(holds(refusal(provider->read(q, {})), "21604"));
  q.params = {{"To", "+14155550100"}, {"Body", "Your code is 012345."}, {"From", "+1"}};
  const auto read = provider->read(q, {});
  REQUIRE(std::holds_alternative<simulated_sms>(read));
  CHECK(std::get<simulated_sms>(read).code == "012345");
  q.params.emplace("ValidityPeriod", "0");
  CHECK(holds(refusal(provider->read(q, {})), "30022"));
}

TEST_CASE("a forged receipt differs from the genuine one in its secret or signature") {
  const simulated_sms sms{"ref", "+8613800138000", "123456", "", "https://us/x", "id"};
  for (auto kind : {dialect_kind::webhook, dialect_kind::tencent, dialect_kind::aliyun}) {
    const auto provider = make_dialect(kind, {"id", "secret"});
    CHECK(provider->receipt(sms, false, false, "http://us/r/s").url == "http://us/r/s");
    CHECK(provider->receipt(sms, false, true, "http://us/r/s").url != "http://us/r/s");
  }
  const auto twilio = make_twilio_dialect({"AC1", "token"});
  CHECK(twilio->receipt(sms, false, false, "").headers
        != twilio->receipt(sms, false, true, "").headers);
}

} // namespace tinybook::test
