#include "http/providers/webhook.hpp"
#include "http/providers/webhook_signature.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/http/providers/scripted_receiver.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_receiver.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr auto webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
std::unique_ptr<sms_provider> client_of(const std::string& url,
                                        const std::string& key = "") {
  return http::webhook_provider({url, key, ""}, clock_at_send_time())();
}

/// The outcome of one answer.
send_outcome outcome_of(const std::string& bytes) {
  scripted_receiver receiver{[&](const std::string&) {
    return scripted_receiver::reaction{bytes};
  }};
  return client_of(receiver.url())->send(sample_message(), 2s);
}

} // namespace

TEST_CASE("a webhook posts the message as signed JSON") {
  httplib::Request seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen = req;
    res.set_content(R"({"id":"msg-9"})", "application/json");
  }};
  auto client = client_of(receiver.url("/sms?tenant=a%2Bb"), webhook_secret);
  const auto sent = client->send(sample_message(), 2s);
  CHECK(sent.kind == outcome_class::delivered);
  CHECK(sent.provider_message_id == "msg-9");
  const auto body = nlohmann::json::parse(seen.body);
  CHECK(body["id"] == "ref-1");
  CHECK(body["phone"] == "+8613800138000");
  CHECK(body["template"] == "login_code");
  CHECK(body["parameters"]["code"] == "424242");
  CHECK(body["purpose"] == "login");
  CHECK(body["text"].get<std::string>().starts_with("424242 is your"));
  CHECK(body["expires_at"] == "2023-11-14T22:23:20.000Z");
  CHECK(seen.get_param_value("tenant") == "a+b");
  CHECK(seen.get_header_value("Content-Type").starts_with("application/json"));
  CHECK(seen.get_header_value("webhook-id") == "ref-1");
  CHECK(seen.get_header_value("webhook-timestamp") == "1700000000");
  const auto key = http::decode_webhook_secret(webhook_secret);
  REQUIRE(key);
  CHECK(seen.get_header_value("webhook-signature")
        == http::sign_webhook(*key, "ref-1", 1'700'000'000, seen.body));
}

TEST_CASE("without a secret a webhook's request is not signed") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer("204 No Content")};
  }};
  CHECK(client_of(receiver.url())->send(sample_message(), 2s).kind
        == outcome_class::delivered);
  REQUIRE(receiver.requests().size() == 1);
  CHECK(receiver.requests()[0].find("webhook-signature") == std::string::npos);
}

TEST_CASE("the connection to a webhook is kept and used again") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer("200 OK"), false};
  }};
  auto client = client_of(receiver.url());
  for (int i = 0; i < 5; ++i)
    CHECK(client->send(sample_message(), 2s).kind == outcome_class::delivered);
  CHECK(receiver.connections() == 1);
}

TEST_CASE("a connection that the receiver closed meanwhile is made anew") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer("200 OK"), true};
  }};
  auto client = client_of(receiver.url());
  for (int i = 0; i < 3; ++i) {
    CHECK(client->send(sample_message(), 2s).kind == outcome_class::delivered);
    receiver.wait_until_closed(i + 1);
  }
  CHECK(receiver.connections() == 3);
}

TEST_CASE("each status of a webhook has its class") {
  const auto class_of = [](const std::string& status) {
    const auto sent = outcome_of(http_answer(status));
    CHECK((sent.kind == outcome_class::delivered
           || sent.provider_code == status.substr(0, 3)));
    return sent.kind;
  };
  CHECK(class_of("200 OK") == outcome_class::delivered);
  CHECK(class_of("202 Accepted") == outcome_class::delivered);
  CHECK(class_of("429 Too Many Requests") == outcome_class::throttled);
  CHECK(class_of("410 Gone") == outcome_class::rejected);
  CHECK(class_of("408 Timeout") == outcome_class::ambiguous);
  // Also of receivers that do not understand us: FastAPI answers 422 to unknown bodies.
  for (const auto* status :
       {"400 Bad", "413 Large", "415 Type", "422 No", "301 Moved", "307 Moved", "401 Who",
        "403 No", "404 Where", "405 How", "500 Oops", "503 Later", "599 Odd"})
    CHECK(class_of(status) == outcome_class::provider_down);
}

TEST_CASE("a webhook's body says what its status cannot") {
  for (const auto* status : {"200 OK", "400 Bad", "422 No", "429 Slow", "500 Oops"}) {
    CAPTURE(status);
    const auto said = [&](const std::string& body) {
      return outcome_of(http_answer(status, "Retry-After: 7\r\n", body));
    };
    const auto never = said(R"({"rejected":true,"reason":"no such subscriber"})");
    CHECK(never.kind == outcome_class::rejected);
    CHECK(never.text == "no such subscriber");
    CHECK(never.retry_after == 0s);
    const auto here = said(R"({"not_here":true})");
    CHECK(here.kind == outcome_class::not_here);
    CHECK_FALSE(here.whole_region);
    CHECK(said(R"({"not_here":true,"whole_region":true})").whole_region);
    const auto limited = said(R"({"number_limited":true})");
    CHECK(limited.kind == outcome_class::number_limited);
    CHECK(limited.retry_after == 7s);
  }
  for (const auto* body :
       {R"({"rejected":false})", R"({"rejected":"true"})", R"([{"rejected":true}])",
        R"({"detail":[{"type":"missing"}]})"})
    CHECK(outcome_of(http_answer("422 No", "", body)).kind
          == outcome_class::provider_down);
}

TEST_CASE("the reason in a webhook's body is kept without phone and code") {
  const auto sent = outcome_of(http_answer(
      "422 No", "", R"({"rejected":true,"reason":"424242 to +8613800138000"})"));
  CHECK(sent.text.find("424242") == std::string::npos);
  CHECK(sent.text.find("13800138000") == std::string::npos);
}

TEST_CASE("a redirect is not followed: it would carry the code away") {
  scripted_receiver elsewhere{[](const std::string&) {
    return scripted_receiver::reaction{http_answer("200 OK")};
  }};
  const auto sent =
      outcome_of(http_answer("307 Moved", "Location: " + elsewhere.url() + "\r\n"));
  CHECK(sent.kind == outcome_class::provider_down);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("Retry-After comes in seconds or as a date") {
  const auto wait = [](const std::string& value) {
    return outcome_of(http_answer("429 Slow", "Retry-After: " + value + "\r\n"))
        .retry_after;
  };
  CHECK(wait("7") == 7s);
  CHECK(wait("Tue, 14 Nov 2023 22:13:50 GMT") == 30s);
  CHECK(wait("Tue, 14 Nov 2023 22:13:10 GMT") == 0s);
  CHECK(wait("soon") == 0s);
  CHECK(wait("99999999999999") == 24h);
}

TEST_CASE("the answer's body is never quoted") {
  const auto sent = outcome_of(http_answer("500 424242", "", "the code 424242 is bad"));
  CHECK(sent.text.find("424242") == std::string::npos);
  CHECK(sent.provider_code.find("424242") == std::string::npos);
}

TEST_CASE("an id that is no id is left out") {
  const auto id = [](const std::string& body) {
    const auto sent = outcome_of(http_answer("200 OK", "", body));
    CHECK(sent.kind == outcome_class::delivered);
    return sent.provider_message_id;
  };
  CHECK(id(R"({"id":17})") == "17");
  CHECK(id(R"({"id":null})").empty());
  CHECK(id(R"({"id":["a"]})").empty());
  CHECK(id("[1]").empty());
  CHECK(id("{\"id\":\"a\\u0000b\"}").empty());
  CHECK(id("not JSON").empty());
}

TEST_CASE("a refused connection or an unknown host is a provider that is down") {
  const auto refused = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  CHECK(client_of(refused)->send(sample_message(), 2s).kind
        == outcome_class::provider_down);
  CHECK(client_of("http://" + std::string(70, 'a') + "/")->send(sample_message(), 2s).kind
        == outcome_class::provider_down);
}

TEST_CASE("TLS to a peer without it is a provider that is down") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{http_answer("200 OK")};
  }};
  const auto url = "https" + receiver.url().substr(4);
  CHECK(client_of(url)->send(sample_message(), 2s).kind != outcome_class::delivered);
}

TEST_CASE("silence after the request is ambiguous, within the timeout") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{"", false, true};
  }};
  const auto began = std::chrono::steady_clock::now();
  CHECK(client_of(receiver.url())->send(sample_message(), 300ms).kind
        == outcome_class::ambiguous);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
}

TEST_CASE("a connection that breaks after the request is ambiguous") {
  CHECK(outcome_of("").kind == outcome_class::ambiguous);
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nContent-Le").kind == outcome_class::ambiguous);
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"i").kind
        == outcome_class::ambiguous);
  CHECK(outcome_of("this is no HTTP\r\n\r\n").kind == outcome_class::ambiguous);
}

TEST_CASE("a client with options that cannot work sends nothing and says why") {
  const auto sent = client_of("ftp://example.org/")->send(sample_message(), 1s);
  CHECK(sent.kind == outcome_class::provider_down);
  CHECK(sent.provider_code == "config");
  CHECK_FALSE(http::check_webhook({"https://example.org/", "whsec_!", ""}));
  CHECK_FALSE(http::check_webhook({"https://u:p@example.org/", "", ""}));
  CHECK(http::check_webhook({"https://example.org:8443/hook?a=b", webhook_secret, ""}));
}

} // namespace tinybook::test
