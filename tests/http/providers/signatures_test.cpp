#include "http/providers/aliyun.hpp"
#include "http/providers/tencent.hpp"
#include "http/providers/twilio_signature.hpp"
#include "http/providers/webhook_signature.hpp"
#include "storage/support/crypto.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

TEST_CASE("Tencent's signature is that of the published vector") {
  constexpr std::string_view body =
      R"({"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]})";
  CHECK(sha256_hex(body)
        == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064");
  const auto sig = sign_tencent({.key_id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
                                 .key = "Gu5t9xGARNpq86cd98joQYCN3*******",
                                 .service = "cvm",
                                 .host = "cvm.tencentcloudapi.com",
                                 .content_type = "application/json; charset=utf-8",
                                 .body = body,
                                 .unix_seconds = 1'551'113'065});
  CHECK(sig.canonical_hash
        == "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031");
  CHECK(sig.signature
        == "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c");
  CHECK(sig.authorization
        == "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/"
           "cvm/tc3_request, SignedHeaders=content-type;host, Signature="
               + sig.signature);
}

TEST_CASE("Tencent's signature over an SMS is that of the published vector") {
  const std::string key(32, '*');
  const auto sig = sign_tencent(
      {.key_id = "AKID",
       .key = key,
       .service = "sms",
       .host = "sms.tencentcloudapi.com",
       .content_type = "application/json; charset=utf-8",
       .body = R"({"PhoneNumberSet":["+8618501234444"],"SmsSdkAppId":"1400006666",)"
               R"("TemplateId":"1110","SignName":"腾讯云","TemplateParamSet":["4370"]})",
       .unix_seconds = 1'551'113'065});
  CHECK(sig.signature
        == "b2ba0620ec6040e7f5baebaf5028eb2074726c1dc063738da915cbdd339ed920");
}

TEST_CASE("Aliyun's signature is that of the published vector") {
  const auto sig = sign_aliyun(
      {.key_id = "YourAccessKeyId",
       .key = "YourAccessKeySecret",
       .query = {{"ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
                 {"RegionId", "cn-shanghai"}},
       .headers = {{"host", "ecs.cn-shanghai.aliyuncs.com"},
                   {"x-acs-action", "RunInstances"},
                   {"x-acs-version", "2014-05-26"},
                   {"x-acs-date", "2023-10-26T10:22:32Z"},
                   {"x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"},
                   {"x-acs-content-sha256", sha256_hex("")}},
       .body = ""});
  CHECK(sig.canonical_hash
        == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
  CHECK(sig.signature
        == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  CHECK(sig.authorization
        == "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
           "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
           "Signature="
               + sig.signature);
}

TEST_CASE("Twilio's callback signature is that of the published vector") {
  CHECK(sign_twilio("12345", "https://mycompany.com/myapp.php?foo=1&bar=2",
                    {{"CallSid", "CA1234567890ABCDE"},
                     {"Caller", "+14158675309"},
                     {"Digits", "1234"},
                     {"From", "+14158675309"},
                     {"To", "+18005551212"}})
        == "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST_CASE("a webhook's signature is that of the published vector") {
  const auto key = decode_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  REQUIRE(key);
  CHECK(sign_webhook(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1'614'265'330,
                     R"({"test": 2432232314})")
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("a secret without its prefix or in bad base64 is refused") {
  CHECK_FALSE(decode_webhook_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  CHECK_FALSE(decode_webhook_secret("whsec_not base64"));
  CHECK_FALSE(decode_webhook_secret("whsec_"));
}

} // namespace tinybook::http
