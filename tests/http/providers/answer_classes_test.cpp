#include "http/providers/aliyun.hpp"
#include "http/providers/tencent.hpp"
#include "http/providers/twilio.hpp"
#include "tests/http/providers/sample_message.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <vector>

namespace tinybook::http {

using namespace std::chrono_literals;

using enum outcome_class;
using tinybook::test::sample_message;
using tinybook::test::send_time;

namespace {

using classifier = classed_answer (*)(const provider_answer&, const outgoing_sms&,
                                      wall_time);

struct listed_code {
  const char* code;
  outcome_class kind;
};

const std::vector<listed_code> tencent_codes{
    {"RequestLimitExceeded", throttled},
    {"RequestLimitExceeded.UinLimitExceeded", throttled},
    {"LimitExceeded.DeliveryFrequencyLimit", throttled},
    {"LimitExceeded.PhoneNumberThirtySecondLimit", throttled},
    {"LimitExceeded.PhoneNumberOneHourLimit", throttled},
    {"LimitExceeded.PhoneNumberDailyLimit", throttled},
    {"LimitExceeded.PhoneNumberSameContentDailyLimit", throttled},
    {"LimitExceeded.AppDailyLimit", throttled},
    {"LimitExceeded.DailyLimit", throttled},
    {"InternalError.Timeout", ambiguous},
    {"InternalError.SendAndRecvFail", ambiguous},
    {"InternalError.OtherError", ambiguous},
    {"FailedOperation.InsufficientBalanceInSmsPackage", provider_down},
    {"AuthFailure.SignatureFailure", provider_down},
    {"AuthFailure.SecretIdNotFound", provider_down},
    {"UnauthorizedOperation.SerivceSuspendDueToArrears", provider_down},
    {"UnauthorizedOperation.ServiceSuspendDueToArrears", provider_down},
    {"InvalidParameterValue.IncorrectPhoneNumber", rejected},
    {"FailedOperation.PhoneNumberInBlacklist", rejected},
};

const std::vector<listed_code> aliyun_codes{
    {"isv.BUSINESS_LIMIT_CONTROL", throttled}, {"isv.DAY_LIMIT_CONTROL", throttled},
    {"isv.MONTH_LIMIT_CONTROL", throttled},    {"isv.OUT_OF_SERVICE", provider_down},
    {"isv.AMOUNT_NOT_ENOUGH", provider_down},  {"isv.MOBILE_NUMBER_ILLEGAL", rejected},
};

std::string tencent_error(const std::string& code, const std::string& message = "no") {
  return R"({"Response":{"Error":{"Code":")" + code + R"(","Message":")" + message
         + R"("},"RequestId":"r"}})";
}

std::string tencent_status(const std::string& code) {
  return R"({"Response":{"SendStatusSet":[{"SerialNo":"serial-1","PhoneNumber":)"
         R"("+8613800138000","Fee":1,"SessionContext":"ref-1","Code":")"
         + code + R"(","Message":"m","IsoCode":"CN"}],"RequestId":"r"}})";
}

std::string aliyun_body(const std::string& code) {
  return R"({"Code":")" + code + R"(","Message":"m","BizId":"biz-1","RequestId":"r"})";
}

classed_answer tencent(const std::string& body, int status = 200) {
  return classify_tencent_answer({status, body}, sample_message(), send_time);
}
classed_answer aliyun(const std::string& body, int status = 200) {
  return classify_aliyun_answer({status, body}, sample_message(), send_time);
}
classed_answer twilio(const std::string& body, int status = 201) {
  return classify_twilio_answer({status, body}, sample_message(), send_time);
}

} // namespace

TEST_CASE("Tencent: each listed code has its class, on both levels of the answer") {
  for (const auto& [code, kind] : tencent_codes)
    for (const auto& body : {tencent_error(code), tencent_status(code)}) {
      CAPTURE(body);
      const auto classed = tencent(body);
      CHECK(classed.outcome.kind == kind);
      CHECK(classed.outcome.provider_code == code);
      CHECK_FALSE(classed.unknown_code);
    }
}

TEST_CASE("Tencent: Ok is delivered under its serial number") {
  const auto out = tencent(tencent_status("Ok")).outcome;
  CHECK(out.kind == delivered);
  CHECK(out.provider_message_id == "serial-1");
}

TEST_CASE("Aliyun: each listed code has its class") {
  for (const auto& [code, kind] : aliyun_codes) {
    CAPTURE(code);
    const auto classed = aliyun(aliyun_body(code));
    CHECK(classed.outcome.kind == kind);
    CHECK(classed.outcome.provider_code == code);
    CHECK_FALSE(classed.unknown_code);
  }
  const auto ok = aliyun(aliyun_body("OK")).outcome;
  CHECK(ok.kind == delivered);
  CHECK(ok.provider_message_id == "biz-1");
}

TEST_CASE("Twilio: accepted, failed at once and throttled are told apart") {
  const auto ok = twilio(R"({"sid":"SM1","status":"queued","error_code":null})").outcome;
  CHECK(ok.kind == delivered);
  CHECK(ok.provider_message_id == "SM1");
  CHECK(twilio(R"({"sid":"SM1","status":"sent"})", 200).outcome.kind == delivered);
  for (const auto* status : {"failed", "undelivered"}) {
    const auto word = R"({"sid":"SM1","status":")" + std::string{status} + "\"}";
    CHECK(twilio(word).outcome.kind == provider_down);
    CHECK(twilio(word).outcome.provider_code == status);
    CHECK_FALSE(twilio(word).unknown_code);
  }
  const auto failed = twilio(R"({"sid":"SM1","status":"failed","error_code":30005,)"
                             R"("error_message":"unknown handset"})");
  CHECK(failed.outcome.kind == provider_down);
  CHECK(failed.outcome.provider_code == "30005");
  CHECK(failed.outcome.text == "unknown handset");
  for (const auto* code : {"21211", "21610", "21614"})
    CHECK(twilio(R"({"code":)" + std::string{code} + "}", 400).outcome.kind == rejected);
  const auto busy = twilio(R"({"code":20429,"message":"Too Many Requests"})", 429);
  CHECK(busy.outcome.kind == throttled);
  CHECK(busy.outcome.provider_code == "20429");
  CHECK_FALSE(busy.unknown_code);
}

TEST_CASE("a code that no table knows is a provider that is down, and is told") {
  for (const auto& classed :
       {tencent(tencent_error("Odd.Code")), tencent(tencent_status("Odd.Code")),
        aliyun(aliyun_body("Odd.Code")), aliyun(aliyun_body("Odd.Code"), 500)}) {
    CHECK(classed.outcome.kind == provider_down);
    CHECK(classed.outcome.provider_code == "Odd.Code");
    CHECK(classed.unknown_code);
  }
  const auto odd = twilio(R"({"code":21999,"message":"odd","status":400})", 400);
  CHECK(odd.outcome.kind == provider_down);
  CHECK(odd.unknown_code);
}

TEST_CASE("a 2xx that cannot be read is ambiguous, any other status speaks for itself") {
  const std::vector<std::string> unreadable{
      "",
      "not JSON",
      "[]",
      "null",
      "17",
      "{}",
      R"({"Response":1})",
      R"({"Response":{}})",
      R"({"Response":{"Error":7}})",
      R"({"Response":{"Error":{"Code":null}}})",
      R"({"Response":{"SendStatusSet":[]}})",
      R"({"Response":{"SendStatusSet":[{"Code":"Ok"},{"Code":"Ok"}]}})",
      R"({"Response":{"SendStatusSet":["Ok"]}})",
      R"({"Code":{}})",
      R"({"sid":"SM1"})",
      R"({"status":"queued"})"};
  for (const auto& body : unreadable)
    for (const classifier classify :
         {classify_tencent_answer, classify_aliyun_answer, classify_twilio_answer}) {
      CAPTURE(body);
      const auto kind = [&](int status) {
        const auto got = classify({status, body}, sample_message(), send_time);
        CHECK_FALSE(got.unknown_code);
        return got.outcome.kind;
      };
      CHECK(kind(200) == ambiguous);
      CHECK(kind(408) == ambiguous);
      CHECK(kind(429) == throttled);
      for (const int status : {302, 400, 401, 403, 404, 500, 502, 503})
        CHECK(kind(status) == provider_down);
    }
}

TEST_CASE("an acceptance under a status that is no 2xx is ambiguous") {
  CHECK(tencent(tencent_status("Ok"), 500).outcome.kind == ambiguous);
  CHECK(aliyun(aliyun_body("OK"), 503).outcome.kind == ambiguous);
}

TEST_CASE("a throttled answer says how long to wait") {
  const auto got = classify_aliyun_answer(
      {400, aliyun_body("isv.BUSINESS_LIMIT_CONTROL"), "7"}, sample_message(), send_time);
  CHECK(got.outcome.retry_after == 7s);
  CHECK(classify_twilio_answer({429, "busy", "3"}, sample_message(), send_time)
            .outcome.retry_after
        == 3s);
}

TEST_CASE("what a provider says is kept without phone and code") {
  const auto out =
      tencent(tencent_error("FailedOperation.Odd",
                            "424242 to +8613800138000 (13800138000), 4-2-4-2-4-2\\n!"))
          .outcome;
  CHECK(out.text.find("424242") == std::string::npos);
  CHECK(out.text.find("13800138000") == std::string::npos);
  CHECK(out.text.find("4-2-4") == std::string::npos);
  CHECK(out.text.find('\n') == std::string::npos);
  CHECK(!out.text.empty());
}

TEST_CASE("a code in the place of the provider's code is not kept either") {
  for (const auto* word : {"424242", "+8613800138000", "your code is 424242"}) {
    const auto out = aliyun(aliyun_body(word)).outcome;
    CHECK(out.kind == provider_down);
    CHECK(out.provider_code == "unreadable");
  }
}

TEST_CASE("a short code is hidden, too, and a long text is cut") {
  auto message = sample_message();
  message.parameters["code"] = "4370";
  CHECK(scrub("use 4370 now", message).find("4370") == std::string::npos);
  CHECK(scrub(std::string(5000, 'a'), message).size() < 250);
}

TEST_CASE("no answer makes a classifier throw or deliver without saying so") {
  CHECK(rc::check("classifiers are total", [](int status, const std::string& body) {
    for (const classifier classify :
         {classify_tencent_answer, classify_aliyun_answer, classify_twilio_answer}) {
      const auto got = classify({status, body}, sample_message(), send_time);
      RC_ASSERT(got.outcome.kind != delivered);
    }
  }));
}

} // namespace tinybook::http
