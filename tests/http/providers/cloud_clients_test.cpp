#include "http/providers/aliyun.hpp"
#include "http/providers/tencent.hpp"
#include "http/providers/twilio.hpp"
#include "http/text_tools.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "storage/support/text.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/http/providers/scripted_receiver.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_receiver.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <set>
#include <sstream>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

const auto json_type = "application/json";
const std::string tencent_ok =
    R"({"Response":{"SendStatusSet":[{"SerialNo":"serial-1","Code":"Ok"}]}})";
const std::string aliyun_ok = R"({"Code":"OK","BizId":"biz-1"})";
const std::string twilio_ok = R"({"sid":"SM1","status":"queued"})";

http::tencent_options tencent_at(const std::string& url) {
  http::tencent_options to;
  to.name = "tencent-1";
  to.url = url;
  to.access_key_id = "AKID";
  to.secret = "the-secret";
  to.app_id = "1400006666";
  to.sign_name = "腾讯云";
  to.template_id = "1110";
  return to;
}

http::aliyun_options aliyun_at(const std::string& url) {
  http::aliyun_options to;
  to.name = "aliyun-1";
  to.url = url;
  to.access_key_id = "LTAI";
  to.secret = "the-secret";
  to.sign_name = "阿里云";
  to.template_id = "SMS_1";
  return to;
}

http::twilio_options twilio_at(const std::string& url) {
  http::twilio_options to;
  to.name = "twilio-1";
  to.url = url;
  to.account_sid = "AC1";
  to.auth_token = "the-token";
  to.from = "+15005550006";
  return to;
}

std::shared_ptr<random_source> nonces() {
  return std::make_shared<system_random>();
}

sms_provider_factory tencent(const std::string& url, http::log_ptr log = nullptr) {
  return http::tencent_provider(tencent_at(url), clock_at_send_time(), std::move(log));
}
sms_provider_factory aliyun(const std::string& url, http::log_ptr log = nullptr) {
  return http::aliyun_provider(aliyun_at(url), clock_at_send_time(), nonces(),
                               std::move(log));
}
sms_provider_factory twilio(const std::string& url, http::log_ptr log = nullptr) {
  return http::twilio_provider(twilio_at(url), clock_at_send_time(), std::move(log));
}

/// One client of each kind, by number.
constexpr int kinds = 3;

std::unique_ptr<sms_provider> client_of_kind(int kind, const std::string& url) {
  switch (kind) {
  case 0:
    return tencent(url)();
  case 1:
    return aliyun(url)();
  default:
    return twilio(url)();
  }
}

const std::string& ok_of_kind(int kind) {
  return kind == 0 ? tencent_ok : kind == 1 ? aliyun_ok : twilio_ok;
}

} // namespace

TEST_CASE("Tencent gets the message as signed JSON") {
  httplib::Request seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen = req;
    res.set_content(tencent_ok, json_type);
  }};
  const auto sent = tencent(receiver.url())()->send(sample_message(), 2s);
  CHECK(sent.kind == outcome_class::delivered);
  CHECK(sent.provider_message_id == "serial-1");
  const auto body = nlohmann::json::parse(seen.body);
  CHECK(body["PhoneNumberSet"] == nlohmann::json::array({"+8613800138000"}));
  CHECK(body["SmsSdkAppId"] == "1400006666");
  CHECK(body["TemplateId"] == "1110");
  CHECK(body["SignName"] == "腾讯云");
  CHECK(body["TemplateParamSet"] == nlohmann::json::array({"424242", "10"}));
  CHECK(body["SessionContext"] == "ref-1");
  CHECK(seen.path == "/");
  CHECK(seen.get_header_value("Host") == receiver.host());
  CHECK(seen.get_header_value("User-Agent").starts_with("tinybook/"));
  CHECK(seen.get_header_value("Content-Type") == "application/json; charset=utf-8");
  CHECK(seen.get_header_value("X-TC-Action") == "SendSms");
  CHECK(seen.get_header_value("X-TC-Version") == "2021-01-11");
  CHECK(seen.get_header_value("X-TC-Timestamp") == "1700000000");
  CHECK(seen.get_header_value("X-TC-Region") == "ap-guangzhou");
  const auto host = receiver.host();
  CHECK(seen.get_header_value("Authorization")
        == http::sign_tencent({.key_id = "AKID",
                               .key = "the-secret",
                               .service = "sms",
                               .host = host,
                               .content_type = "application/json; charset=utf-8",
                               .body = seen.body,
                               .unix_seconds = 1'700'000'000})
               .authorization);
}

TEST_CASE("Tencent's template takes the code alone where it is configured so") {
  auto options = tencent_at("https://example.org");
  options.template_params = {"code"};
  const auto request = http::tencent_request(options, sample_message(), send_time);
  REQUIRE(request);
  CHECK(nlohmann::json::parse(request->body)["TemplateParamSet"]
        == nlohmann::json::array({"424242"}));
}

TEST_CASE("what Tencent's templates do not take is not sent") {
  const auto options = tencent_at("https://example.org");
  for (const auto* code : {"1234567", "12a456", " 12345"}) {
    auto message = sample_message();
    message.parameters["code"] = code;
    const auto request = http::tencent_request(options, message, send_time);
    REQUIRE_FALSE(request);
    CHECK(request.error().detail.find(code) == std::string::npos);
  }
  auto message = sample_message();
  message.parameters.erase("minutes");
  CHECK_FALSE(http::tencent_request(options, message, send_time));
}

TEST_CASE("Aliyun gets the message in a signed query") {
  httplib::Request seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen = req;
    res.set_content(aliyun_ok, json_type);
  }};
  const auto sent = aliyun(receiver.url())()->send(sample_message(), 2s);
  CHECK(sent.kind == outcome_class::delivered);
  CHECK(sent.provider_message_id == "biz-1");
  CHECK(seen.path == "/");
  CHECK(seen.body.empty());
  CHECK(seen.get_param_value("PhoneNumbers") == "+8613800138000");
  CHECK(seen.get_param_value("SignName") == "阿里云");
  CHECK(seen.get_param_value("TemplateCode") == "SMS_1");
  CHECK(seen.get_param_value("OutId") == "ref-1");
  CHECK(nlohmann::json::parse(seen.get_param_value("TemplateParam"))
        == nlohmann::json{{"code", "424242"}, {"minutes", "10"}});
  CHECK(seen.get_header_value("x-acs-action") == "SendSms");
  CHECK(seen.get_header_value("x-acs-version") == "2017-05-25");
  CHECK(seen.get_header_value("x-acs-date") == "2023-11-14T22:13:20Z");
  http::aliyun_signing what{.key_id = "LTAI",
                            .key = "the-secret",
                            .query = {seen.params.begin(), seen.params.end()},
                            .headers = {{"host", receiver.host()}},
                            .body = ""};
  for (const auto& [name, value] : seen.headers)
    if (lower_ascii(name).starts_with("x-acs-"))
      what.headers[lower_ascii(name)] = value;
  CHECK(what.headers.size() == 6);
  CHECK(seen.get_header_value("Authorization") == http::sign_aliyun(what).authorization);
}

TEST_CASE("no two requests to Aliyun have the same nonce") {
  std::set<std::string> seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen.insert(req.get_header_value("x-acs-signature-nonce"));
    res.set_content(aliyun_ok, json_type);
  }};
  const auto factory = aliyun(receiver.url());
  for (int i = 0; i < 3; ++i)
    CHECK(factory()->send(sample_message(), 2s).kind == outcome_class::delivered);
  CHECK(seen.size() == 3);
}

TEST_CASE("Aliyun's numbers abroad go without the plus") {
  CHECK(http::aliyun_phone("+8613800138000") == "+8613800138000");
  CHECK(http::aliyun_phone("+85251234567") == "85251234567");
  // It would reach 186 2401 7194 in China.
  CHECK_FALSE(http::aliyun_phone("+18624017194"));
}

TEST_CASE("Twilio gets our text as a form, with what is left of the code's life") {
  httplib::Request seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen = req;
    res.status = 201;
    res.set_content(twilio_ok, json_type);
  }};
  auto options = twilio_at(receiver.url());
  options.status_callback = "https://example.org/sms/receipts/twilio-1";
  const auto sent = http::twilio_provider(options, clock_at_send_time(), nullptr)()->send(
      sample_message(), 2s);
  CHECK(sent.kind == outcome_class::delivered);
  CHECK(sent.provider_message_id == "SM1");
  CHECK(seen.path == "/2010-04-01/Accounts/AC1/Messages.json");
  CHECK(seen.get_header_value("Authorization")
        == "Basic " + base64_encode("AC1:the-token"));
  CHECK(seen.get_param_value("To") == "+8613800138000");
  CHECK(seen.get_param_value("From") == "+15005550006");
  CHECK(seen.get_param_value("Body").starts_with("424242 is your tinybook"));
  CHECK(seen.get_param_value("ValidityPeriod") == "600");
  CHECK(seen.get_param_value("StatusCallback") == options.status_callback);
  CHECK_FALSE(seen.has_param("MessagingServiceSid"));
}

TEST_CASE("Twilio's validity stays within what it takes, and a service beats a number") {
  auto options = twilio_at("http://127.0.0.1:1/");
  options.messaging_service_sid = "MG1";
  const auto form = [&](std::chrono::seconds left) {
    auto message = sample_message();
    message.expires_at = send_time + left;
    return http::decode_form(http::twilio_request(options, message, send_time)->body);
  };
  CHECK(form(-5s)["ValidityPeriod"] == "1");
  CHECK(form(100h)["ValidityPeriod"] == "36000");
  CHECK(form(1min)["MessagingServiceSid"] == "MG1");
  CHECK_FALSE(form(1min).contains("From"));
  CHECK_FALSE(form(1min).contains("StatusCallback"));
}

TEST_CASE("connections to the clouds are kept and used again") {
  for (int kind = 0; kind < kinds; ++kind) {
    scripted_receiver receiver{[&](const std::string&) {
      return scripted_receiver::reaction{http_answer("200 OK", "", ok_of_kind(kind)),
                                         false};
    }};
    auto client = client_of_kind(kind, receiver.url(""));
    for (int n = 0; n < 4; ++n)
      CHECK(client->send(sample_message(), 2s).kind == outcome_class::delivered);
    CHECK(receiver.connections() == 1);
  }
}

TEST_CASE("a refused connection is a provider that is down, silence is ambiguous") {
  const auto kind_of = [](int kind, const std::string& url, auto timeout) {
    return client_of_kind(kind, url)->send(sample_message(), timeout).kind;
  };
  const auto refused = "http://127.0.0.1:" + std::to_string(free_port());
  for (int kind = 0; kind < kinds; ++kind) {
    CHECK(kind_of(kind, refused, 2s) == outcome_class::provider_down);
    scripted_receiver silent{[](const std::string&) {
      return scripted_receiver::reaction{"", false, true};
    }};
    CHECK(kind_of(kind, silent.url(""), 200ms) == outcome_class::ambiguous);
    scripted_receiver dropping{[](const std::string&) {
      return scripted_receiver::reaction{""};
    }};
    CHECK(kind_of(kind, dropping.url(""), 2s) == outcome_class::ambiguous);
  }
}

TEST_CASE(
    "a kept connection that breaks under the request is ambiguous, not 'not sent'") {
  int answered = 0;
  scripted_receiver receiver{[&](const std::string&) {
    return scripted_receiver::reaction{
        ++answered == 1 ? http_answer("200 OK", "", aliyun_ok) : "", answered != 1};
  }};
  auto client = aliyun(receiver.url(""))();
  CHECK(client->send(sample_message(), 2s).kind == outcome_class::delivered);
  CHECK(client->send(sample_message(), 2s).kind == outcome_class::ambiguous);
  CHECK(receiver.requests().size() == 2);
}

TEST_CASE("an endless answer is cut off and ambiguous") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer(
        "200 OK", "", R"({"Code":"OK","x":")" + std::string(200'000, 'a') + "\"}")};
  }};
  CHECK(aliyun(receiver.url(""))()->send(sample_message(), 2s).kind
        == outcome_class::ambiguous);
}

TEST_CASE("a code that no table knows is logged once, for all clients of a provider") {
  std::ostringstream text;
  auto log = std::make_shared<http::log_writer>(
      config::log_settings{config::log_level::trace, config::log_format::json},
      std::make_shared<spdlog::sinks::ostream_sink_mt>(text, true));
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer(
        "400 Bad", "", R"({"Code":"isv.ODD","Message":"424242 +8613800138000"})")};
  }};
  const auto factory = aliyun(receiver.url(""), log);
  for (int i = 0; i < 3; ++i)
    CHECK(factory()->send(sample_message(), 2s).kind == outcome_class::provider_down);
  const auto line = nlohmann::json::parse(text.str()); // One line only.
  CHECK(line["event"] == "unknown_provider_code");
  CHECK(line["provider"] == "aliyun-1");
  CHECK(line["code"] == "isv.ODD");
  CHECK(text.str().find("424242") == std::string::npos);
  CHECK(text.str().find("13800138000") == std::string::npos);
}

} // namespace tinybook::test
