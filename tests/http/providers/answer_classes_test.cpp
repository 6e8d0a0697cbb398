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

/// What a listed code means beyond its class.
enum class extent : std::uint8_t { one, region, day };

struct listed_code {
  const char* code;
  outcome_class kind;
  extent reach = extent::one;
};

const std::vector<listed_code> tencent_codes{
    {"RequestLimitExceeded", throttled},
    {"RequestLimitExceeded.UinLimitExceeded", throttled},
    {"LimitExceeded.DeliveryFrequencyLimit", number_limited},
    {"LimitExceeded.PhoneNumberThirtySecondLimit", number_limited},
    {"LimitExceeded.PhoneNumberOneHourLimit", number_limited},
    {"LimitExceeded.PhoneNumberDailyLimit", number_limited},
    {"LimitExceeded.PhoneNumberSameContentDailyLimit", number_limited},
    {"LimitExceeded.AppDailyLimit", throttled, extent::day},
    {"LimitExceeded.DailyLimit", throttled, extent::day},
    {"LimitExceeded.AppCountryOrRegionDailyLimit", not_here, extent::region},
    {"LimitExceeded.AppCountryOrRegionInBlacklist", not_here, extent::region},
    {"LimitExceeded.AppMainlandChinaDailyLimit", not_here, extent::region},
    {"LimitExceeded.AppGlobalDailyLimit", not_here, extent::region},
    {"UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone", not_here,
     extent::region},
    {"UnsupportedOperation.GlobalTemplateToChineseMainlandPhone", not_here,
     extent::region},
    {"FailedOperation.TemplateUnapprovedOrNotExist", not_here, extent::region},
    {"FailedOperation.TemplateIncorrectOrUnapproved", not_here, extent::region},
    {"FailedOperation.SignatureIncorrectOrUnapproved", not_here, extent::region},
    {"FailedOperation.ContainSensitiveWord", not_here},
    {"FailedOperation.PhoneNumberInBlacklist", not_here},
    {"InternalError.Timeout", ambiguous},
    {"InternalError.SendAndRecvFail", ambiguous},
    {"InternalError.OtherError", ambiguous},
    {"FailedOperation.InsufficientBalanceInSmsPackage", provider_down},
    {"AuthFailure.SignatureFailure", provider_down},
    {"AuthFailure.SecretIdNotFound", provider_down},
    {"UnauthorizedOperation.SerivceSuspendDueToArrears", provider_down},
    {"UnauthorizedOperation.ServiceSuspendDueToArrears", provider_down},
    {"UnauthorizedOperation.RequestIpNotInWhitelist", provider_down},
    {"InvalidParameterValue.IncorrectPhoneNumber", rejected},
};

const std::vector<listed_code> aliyun_codes{
    {"isv.BUSINESS_LIMIT_CONTROL", number_limited},
    {"isv.DAY_LIMIT_CONTROL", throttled, extent::day},
    {"isv.MONTH_LIMIT_CONTROL", throttled, extent::day},
    {"Throttling", throttled},
    {"Throttling.User", throttled},
    {"Throttling.Api", throttled},
    {"isv.SMS_TEMPLATE_ILLEGAL", not_here, extent::region},
    {"isv.SMS_SIGNATURE_ILLEGAL", not_here, extent::region},
    {"isv.DOMESTIC_NUMBER_NOT_SUPPORTED", not_here, extent::region},
    {"isv.BLACK_KEY_CONTROL_LIMIT", not_here},
    {"isv.CUSTOMER_REFUSED", not_here},
    {"isv.OUT_OF_SERVICE", provider_down},
    {"isv.AMOUNT_NOT_ENOUGH", provider_down},
    {"isv.ACCOUNT_ABNORMAL", provider_down},
    {"isp.SYSTEM_ERROR", provider_down},
    {"SignatureDoesNotMatch", provider_down},
    {"InvalidAccessKeyId.NotFound", provider_down},
    {"isv.MOBILE_NUMBER_ILLEGAL", rejected},
};

const std::vector<listed_code> twilio_codes{
    {"20429", throttled},
    {"30022", throttled},
    {"63038", throttled, extent::day},
    {"20003", provider_down},
    {"21606", provider_down},
    {"14107", throttled},
    {"21611", throttled},
    {"21408", not_here, extent::region},
    {"21612", not_here, extent::region},
    {"30034", not_here, extent::region},
    {"21610", not_here},
    {"30004", not_here},
    {"30005", not_here},
    {"30006", not_here},
    {"30007", not_here},
    {"30450", not_here},
    {"21211", rejected},
    {"21614", rejected},
    {"21635", rejected},
};

void check_listed(const classed_answer& classed, const listed_code& listed) {
  CAPTURE(listed.code);
  CHECK(classed.outcome.kind == listed.kind);
  CHECK(classed.outcome.provider_code == listed.code);
  CHECK(classed.outcome.whole_region == (listed.reach == extent::region));
  CHECK(classed.outcome.retry_after == (listed.reach == extent::day ? 24h : 0h));
  CHECK_FALSE(classed.unknown_code);
}

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
  for (const auto& listed : tencent_codes) {
    check_listed(tencent(tencent_error(listed.code)), listed);
    check_listed(tencent(tencent_status(listed.code)), listed);
  }
}

TEST_CASE("Tencent: Ok is delivered under its serial number") {
  const auto out = tencent(tencent_status("Ok")).outcome;
  CHECK(out.kind == delivered);
  CHECK(out.provider_message_id == "serial-1");
}

TEST_CASE("Aliyun: each listed code has its class") {
  for (const auto& listed : aliyun_codes)
    check_listed(aliyun(aliyun_body(listed.code)), listed);
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
  const auto failed = twilio(R"({"sid":"SM1","status":"failed","error_code":30008,)"
                             R"("error_message":"unknown error"})");
  CHECK(failed.outcome.kind == provider_down);
  CHECK(failed.outcome.provider_code == "30008");
  CHECK(failed.outcome.text == "unknown error");
  for (const auto& listed : twilio_codes) {
    check_listed(twilio(R"({"code":)" + std::string{listed.code} + "}", 400), listed);
    check_listed(twilio(R"({"sid":"SM1","status":"failed","error_code":)"
                        + std::string{listed.code} + "}"),
                 listed);
  }
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
  CHECK(got.outcome.kind == number_limited);
  CHECK(got.outcome.retry_after == 7s);
  CHECK(classify_twilio_answer({429, "busy", "3"}, sample_message(), send_time)
            .outcome.retry_after
        == 3s);
}

TEST_CASE("a date to come back at may lie anywhere in the calendar") {
  const auto wait = [](const std::string& date) {
    return classify_twilio_answer({429, "busy", date}, sample_message(), send_time)
        .outcome.retry_after;
  };
  CHECK(wait("Fri, 31 Dec 9999 23:59:59 GMT") == max_retry_after);
  CHECK(wait("Wed, 10 Oct 1032 07:28:00 GMT") == 0s);
  CHECK(wait("Sat, 01 Jan 0000 00:00:00 GMT") == 0s);
  for (const auto* longer : {"86401", "9223372036854775807", "99999999999999999999"})
    CHECK_MESSAGE(wait(longer) == max_retry_after, longer);
  for (const auto* none : {"", "0", "-1", "-99999999999999999999", "7.5", "soon"})
    CHECK_MESSAGE(wait(none) == 0s, none);
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
