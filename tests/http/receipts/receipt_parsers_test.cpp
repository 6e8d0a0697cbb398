#include "http/receipts/receipt_parsers.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <string>

namespace tinybook::http {

namespace {

/// The field that was not understood of the only report.
std::string odd_field(const result<parsed_receipts>& got) {
  REQUIRE(got);
  CHECK(got->receipts.empty());
  REQUIRE(got->not_understood.size() == 1);
  return got->not_understood[0].field;
}

bool is_ignored(const result<parsed_receipts>& got) {
  return got && got->receipts.empty() && got->not_understood.empty();
}

} // namespace

TEST_CASE("Tencent's final reports are read") {
  const auto got = parse_tencent_receipts("cloud", R"([
    {"user_receive_time":"2024-01-01 08:00:00","nationcode":"86","mobile":"13800138000",
     "report_status":"SUCCESS","errmsg":"DELIVRD","description":"ok","sid":"serial-1"},
    {"nationcode":"1","mobile":"5005550006","report_status":"FAIL","errmsg":"MBBLACK",
     "description":"no\nway to 15005550006","sid":"serial-2"}])");
  REQUIRE(got);
  REQUIRE(got->receipts.size() == 2);
  const auto& good = got->receipts[0];
  CHECK(good.provider == "cloud");
  CHECK(good.provider_message_id == "serial-1");
  CHECK(good.phone == "+8613800138000");
  CHECK(good.delivered);
  CHECK(good.provider_code == "DELIVRD");
  const auto& bad = got->receipts[1];
  CHECK(bad.phone == "+15005550006");
  CHECK_FALSE(bad.delivered);
  CHECK(bad.text == "no way to ***");
}

TEST_CASE("Aliyun's final reports are read") {
  const auto got = parse_aliyun_receipts("cloud", R"([
    {"phone_number":"13800138000","success":true,"biz_id":"biz-1","out_id":"ref-1"},
    {"phone_number":"85251234567","success":"false","biz_id":"biz-2","out_id":"ref-2",
     "err_code":"MOBILE_NOT_ON_SERVICE","err_msg":"off"}])");
  REQUIRE(got);
  REQUIRE(got->receipts.size() == 2);
  CHECK(got->receipts[0].domestic_phone == "+8613800138000");
  CHECK(got->receipts[0].client_ref == "ref-1");
  CHECK(got->receipts[0].provider_message_id == "biz-1");
  CHECK(got->receipts[0].delivered);
  CHECK(got->receipts[1].phone == "+85251234567");
  CHECK(got->receipts[1].domestic_phone.empty());
  CHECK_FALSE(got->receipts[1].delivered);
  CHECK(got->receipts[1].provider_code == "MOBILE_NOT_ON_SERVICE");
}

TEST_CASE("Aliyun's numbers become E.164 however they are written") {
  const auto read = [](const std::string& number) {
    return parse_aliyun_receipts("cloud", R"([{"phone_number":")" + number
                                              + R"(","success":true,"biz_id":"b"}])");
  };
  for (const auto* number : {"+8613800138000", "008613800138000", "8613800138000"}) {
    REQUIRE(read(number)->receipts.size() == 1);
    CHECK(read(number)->receipts.front().phone == "+8613800138000");
    CHECK(read(number)->receipts.front().domestic_phone.empty());
  }
  // The message tells which: sent to a mobile of the mainland, or once to +1 862 401
  // 7194.
  CHECK(read("18624017194")->receipts.front().phone == "+18624017194");
  CHECK(read("18624017194")->receipts.front().domestic_phone == "+8618624017194");
  for (const auto* number :
       {"", "+", "12", "1380013800x", "+86 13800138000", "12345678901234567890"})
    CHECK(odd_field(read(number)) == "phone_number");
}

TEST_CASE("Twilio's final reports are read, intermediate states are ignored") {
  const auto got = parse_twilio_receipts(
      "tw",
      "MessageSid=SM1&MessageStatus=undelivered&To=%2B8613800138000&ErrorCode=30005");
  REQUIRE(got);
  REQUIRE(got->receipts.size() == 1);
  CHECK(got->receipts.front().provider_message_id == "SM1");
  CHECK(got->receipts.front().phone == "+8613800138000");
  CHECK_FALSE(got->receipts.front().delivered);
  CHECK(got->receipts.front().provider_code == "30005");
  const auto with_status = [](const std::string& status) {
    return parse_twilio_receipts("tw", "MessageSid=SM1&To=%2B8613800138000&MessageStatus="
                                           + status);
  };
  for (const auto* status : {"accepted", "queued", "sending", "sent"})
    CHECK(is_ignored(with_status(status)));
  CHECK(odd_field(with_status("odd")) == "MessageStatus");
  CHECK_FALSE(parse_twilio_receipts("tw", "a=b"));
  CHECK_FALSE(parse_twilio_receipts("tw", "MessageSid=SM1"));
}

TEST_CASE("a webhook reports with a flag or with a word") {
  const auto read = [](const std::string& fields) {
    return parse_webhook_receipts("hook",
                                  "{\"phone\":\"+8613800138000\"," + fields + "}");
  };
  const auto good = read(R"("id":"msg-9","client_ref":"ref-1","delivered":true)");
  REQUIRE(good);
  REQUIRE(good->receipts.size() == 1);
  CHECK(good->receipts.front().provider_message_id == "msg-9");
  CHECK(good->receipts.front().client_ref == "ref-1");
  CHECK(good->receipts.front().delivered);
  const auto bad = read(R"("message_id":"msg-8","id":"x","status":"failed","code":"E1")");
  REQUIRE(bad);
  REQUIRE(bad->receipts.size() == 1);
  CHECK(bad->receipts.front().provider_message_id == "msg-8");
  CHECK_FALSE(bad->receipts.front().delivered);
  CHECK(bad->receipts.front().provider_code == "E1");
  CHECK(is_ignored(read(R"("id":"msg-9","status":"sent")")));
}

TEST_CASE("a field of a webhook's report that is not understood is named") {
  const auto field = [](const std::string& report) {
    return odd_field(parse_webhook_receipts("hook", report));
  };
  CHECK(field(R"({"id":"a","phone":"+8613800138000"})") == "status");
  CHECK(field(R"({"id":"a","phone":"+8613800138000","status":"DELIVRD"})") == "status");
  CHECK(field(R"({"id":"a","phone":"+8613800138000","delivered":1})") == "delivered");
  CHECK(field(R"({"id":"a","phone":"+8613800138000","delivered":true,"status":"failed"})")
        == "status");
  CHECK(field(R"({"id":"a","phone":"13800138000","delivered":true})") == "phone");
  CHECK(field(R"({"id":"a","delivered":true})") == "phone");
  CHECK(field(R"({"phone":"+8613800138000","delivered":true})") == "id");
  CHECK(field("[7]") == "report");
  const auto some = parse_webhook_receipts(
      "hook", R"([{"id":"a","phone":"+8613800138000","status":"delivered"}, 7])");
  REQUIRE(some);
  CHECK(some->receipts.size() == 1);
  CHECK(some->not_understood.size() == 1);
}

TEST_CASE("a report without a phone or an id is not understood, the others count") {
  const auto got = parse_tencent_receipts("cloud", R"([17, null, [], {},
    {"report_status":"SUCCESS","sid":"s"},
    {"report_status":"SUCCESS","nationcode":"86","mobile":"13800138000"},
    {"report_status":"SUCCESS","nationcode":"86","mobile":"13800138000","sid":{"a":1}},
    {"report_status":"SUCCESS","nationcode":"86","mobile":"13800138000","sid":"s"}])");
  REQUIRE(got);
  CHECK(got->receipts.size() == 1);
  CHECK(got->not_understood.size() == 7);
}

TEST_CASE("what is no report is refused, and so are too many at once") {
  for (const auto* body : {"", "{", "{}", "17", "null", "\"x\"", "\xff"}) {
    CHECK_FALSE(parse_tencent_receipts("cloud", body));
    CHECK_FALSE(parse_aliyun_receipts("cloud", body));
  }
  for (const auto* body : {"", "{", "17", "null", "\xff"})
    CHECK_FALSE(parse_webhook_receipts("hook", body));
  std::string many = "[{}";
  for (std::size_t i = 1; i < max_receipts; ++i)
    many += ",{}";
  CHECK(parse_aliyun_receipts("cloud", many + "]"));
  CHECK(parse_aliyun_receipts("cloud", many + ",{}]").error().code
        == errc::body_too_large);
}

TEST_CASE("the parsers take any bytes") {
  CHECK(rc::check("parsers are total", [](const std::string& body) {
    (void)parse_tencent_receipts("p", body);
    (void)parse_aliyun_receipts("p", body);
    (void)parse_twilio_receipts("p", body);
    (void)parse_webhook_receipts("p", body);
  }));
}

} // namespace tinybook::http
