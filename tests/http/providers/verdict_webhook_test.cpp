#include "http/providers/verdict_webhook.hpp"
#include "http/providers/webhook_signature.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/http/providers/scripted_receiver.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_receiver.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;
using outcome = hook_verdict::outcome;

namespace {

constexpr auto verdict_key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::unique_ptr<verdict_client> verdicts_of(const std::string& url,
                                            const std::string& key = verdict_key,
                                            const std::string& ca_file = {}) {
  return http::verdict_webhook({url, key, ca_file}, clock_at_send_time(),
                               std::make_shared<seeded_random>(1))();
}

verdict_question of_a_send() {
  client_info client{"192.0.2.7", "device-1", 0, {}};
  client.network = "192.0.2.0/24";
  client.verdict_token = "captcha \"answer\"";
  client.language = "zh-CN";
  return {.client = client,
          .purpose = "login",
          .phone = "+18765550123",
          .country_prefix = "+1",
          .region = "JM"};
}

/// The verdict of one answer, byte for byte.
hook_verdict verdict_of(const std::string& bytes) {
  scripted_receiver receiver{[&](const std::string&) {
    return scripted_receiver::reaction{bytes};
  }};
  return verdicts_of(receiver.url())->ask(of_a_send(), 2s);
}

hook_verdict said(const std::string& body) {
  return verdict_of(http_answer("200 OK", "", body));
}

} // namespace

TEST_CASE("a question about a code is signed JSON that names no number") {
  httplib::Request seen;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    seen = req;
    res.set_content(R"({"verdict":"allow"})", "application/json");
  }};
  const auto given = verdicts_of(receiver.url("/verdict?tenant=a"))->ask(of_a_send(), 2s);
  CHECK(given.kind == outcome::allowed);
  CHECK(seen.get_param_value("tenant") == "a");
  const auto body = nlohmann::json::parse(seen.body);
  const auto key = http::decode_webhook_secret(verdict_key).value();
  CHECK(body["type"] == "code.send");
  CHECK(body["purpose"] == "login");
  CHECK(body["country_prefix"] == "+1");
  CHECK(body["region"] == "JM");
  CHECK(body["phone"].get<std::string>().find('*') != std::string::npos);
  CHECK(body["phone_hash"] == hex_encode(hmac_sha256(key, "+18765550123")));
  CHECK(body["address"] == "192.0.2.7");
  CHECK(body["network"] == "192.0.2.0/24");
  CHECK(body["device_known"] == true);
  CHECK(body["language"] == "zh-CN");
  CHECK(body["token"] == "captcha \"answer\"");
  CHECK(seen.body.find("8765550123") == std::string::npos);
  const auto id = seen.get_header_value("webhook-id");
  CHECK(body["id"] == id);
  CHECK(id.size() >= 16);
  CHECK(seen.get_header_value("webhook-timestamp") == "1700000000");
  CHECK(seen.get_header_value("webhook-signature")
        == http::sign_webhook(key, id, 1'700'000'000, seen.body));
}

TEST_CASE("each question has an id of its own, by which a replay is known") {
  std::set<std::string> ids;
  std::set<std::string> signatures;
  http_receiver receiver{[&](const httplib::Request& req, httplib::Response& res) {
    ids.insert(req.get_header_value("webhook-id"));
    signatures.insert(req.get_header_value("webhook-signature"));
    res.set_content(R"({"verdict":"allow"})", "application/json");
  }};
  const auto client = verdicts_of(receiver.url());
  for (int i = 0; i < 3; ++i)
    CHECK(client->ask(of_a_send(), 2s).kind == outcome::allowed);
  CHECK(ids.size() == 3);
  CHECK(signatures.size() == 3);
}

TEST_CASE("a question about a sign-up names the domain of the e-mail alone") {
  verdict_question question{.what = verdict_question::about::sign_up,
                            .client = {"2001:db8::/64", {}, 0, {}},
                            .email = "ann@example.org"};
  const auto text = http::verdict_body(question, "id-1", "key");
  const auto body = nlohmann::json::parse(text);
  CHECK(body["type"] == "sign_up");
  CHECK(body["email_domain"] == "example.org");
  CHECK(body["email_hash"] == hex_encode(hmac_sha256("key", "ann@example.org")));
  CHECK(body["device_known"] == false);
  CHECK(text.find("ann@") == std::string::npos);
  CHECK_FALSE(body.contains("phone"));
}

TEST_CASE("an endpoint allows and denies, and its text is one plain line") {
  CHECK(said(R"({"verdict":"allow","text":"x"})").kind == outcome::allowed);
  const auto denied = said(R"({"verdict":"deny","text":" Solve\nthe <b>puzzle</b>. "})");
  CHECK(denied.kind == outcome::denied);
  CHECK(denied.text == "Solve the <b>puzzle</b>.");
  CHECK(said(R"({"verdict":"deny"})").text.empty());
  const auto long_text =
      said(R"({"verdict":"deny","text":")" + std::string(999, 'x') + "\"}").text;
  CHECK(long_text.size() < http::max_verdict_text + 4);
  CHECK(long_text.ends_with("…"));
}

TEST_CASE("everything else that an endpoint answers is a failure") {
  for (const auto* body : {"", "allow", "null", "[]", "{}", R"({"verdict":true})",
                           R"({"verdict":"ALLOW"})", R"({"verdict":"deny")"}) {
    CAPTURE(body);
    CHECK(said(body).kind == outcome::failed);
  }
  // It is cut off, and no JSON any more.
  CHECK(said(R"({"verdict":"allow","x":")" + std::string(70'000, 'x') + "\"}").kind
        == outcome::failed);
  for (const auto* status : {"301 Moved", "400 Bad", "403 No", "429 Slow", "500 Oops"}) {
    CAPTURE(status);
    const auto failed =
        verdict_of(http_answer(status, "Location: /else\r\n", R"({"verdict":"allow"})"));
    CHECK(failed.kind == outcome::failed);
    CHECK(failed.why == "HTTP " + std::string{status}.substr(0, 3));
  }
  CHECK(verdict_of("not HTTP\r\n\r\n").kind == outcome::failed);
}

TEST_CASE("an endpoint that is silent or away is a failure in time") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{"", false, true};
  }};
  const auto begun = std::chrono::steady_clock::now();
  CHECK(verdicts_of(receiver.url())->ask(of_a_send(), 200ms).kind == outcome::failed);
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
  const auto nobody = "http://127.0.0.1:" + std::to_string(free_port());
  CHECK(verdicts_of(nobody)->ask(of_a_send(), 2s).kind == outcome::failed);
}

TEST_CASE(
    "over TLS an endpoint is trusted by the certificates of its own file alone, and "
    "without it is asked nothing") {
  const own_certificate own{"IP:127.0.0.1"};
  const own_certificate of_another{"IP:127.0.0.1"};
  int asked = 0;
  http_receiver receiver{own, [&](const httplib::Request&, httplib::Response& res) {
                           ++asked;
                           res.set_content(R"({"verdict":"allow"})", "application/json");
                         }};
  const auto with = [&](const std::string& ca_file) {
    return verdicts_of(receiver.url(), verdict_key, ca_file)->ask(of_a_send(), 5s);
  };
  for (const auto& ca_file :
       {std::string{}, of_another.file(), std::string{"/nowhere/ca.pem"}}) {
    const auto none = with(ca_file);
    CHECK(none.kind == outcome::failed);
    CHECK_MESSAGE(none.why.find("SSL") != std::string::npos, none.why);
  }
  CHECK(asked == 0);
  CHECK(with(own.file()).kind == outcome::allowed);
  CHECK(asked == 1);
}

TEST_CASE("the connection to an endpoint is kept, and options that cannot work fail") {
  scripted_receiver receiver{[](const std::string&) {
    return scripted_receiver::reaction{
        http_answer("200 OK", "", R"({"verdict":"allow"})"), false};
  }};
  const auto client = verdicts_of(receiver.url());
  for (int i = 0; i < 3; ++i)
    CHECK(client->ask(of_a_send(), 2s).kind == outcome::allowed);
  CHECK(receiver.connections() == 1);
  CHECK(verdicts_of("ftp://x")->ask(of_a_send(), 2s).kind == outcome::failed);
  CHECK(verdicts_of(receiver.url(), "short")->ask(of_a_send(), 2s).kind
        == outcome::failed);
}

} // namespace tinybook::test
