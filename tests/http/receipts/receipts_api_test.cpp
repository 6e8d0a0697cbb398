#include "actors/sms/messages.hpp"
#include "http/providers/twilio_signature.hpp"
#include "http/providers/webhook_signature.hpp"
#include "http/text_tools.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tinybook::http {

using test::api_world;
using test::json_of;

namespace {

const std::string path_secret = "p4th-s3cret-0fTheCloud";
const std::string hook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string auth_token = "twilio-auth-token";
const std::string public_url = "https://sms.example.org/base";

config::sms_provider provider(const std::string& name, config::provider_kind kind) {
  config::sms_provider p;
  p.name = name;
  p.kind = kind;
  p.enabled = true;
  return p;
}

void add_providers(config::settings& settings) {
  using config::provider_kind;
  auto tencent = provider("tencent-1", provider_kind::tencent);
  tencent.receipt_secret = path_secret;
  auto aliyun = provider("aliyun-1", provider_kind::aliyun);
  aliyun.receipt_secret = path_secret;
  auto twilio = provider("twilio-1", provider_kind::twilio);
  twilio.secret = auth_token;
  auto secret_twilio = provider("twilio-2", provider_kind::twilio);
  secret_twilio.secret = auth_token;
  secret_twilio.receipt_secret = path_secret;
  auto hook = provider("hook", provider_kind::webhook);
  hook.secret = hook_secret;
  auto secret_path = provider("hook-2", provider_kind::webhook);
  secret_path.secret = hook_secret;
  secret_path.receipt_secret = path_secret;
  settings.sms.providers = {tencent,
                            aliyun,
                            twilio,
                            secret_twilio,
                            hook,
                            secret_path,
                            provider("mute", provider_kind::tencent),
                            provider("unsigned", provider_kind::webhook),
                            provider("console", provider_kind::console)};
}

struct receipts_world : api_world {
  explicit receipts_world(std::string url = public_url + "/")
      : api_world([&url](config::settings& settings) {
          add_providers(settings);
          settings.sms.public_url = std::move(url);
        }) {}

  httplib::Result post(const std::string& path, const std::string& body,
                       const httplib::Headers& headers = {}) {
    return client().Post("/sms/receipts/" + path, headers, body, "application/json");
  }
  std::size_t taken() {
    const auto last = actors.last<take_receipts>();
    return last ? last->receipts.size() : 0;
  }
};

const std::string tencent_report =
    R"([{"nationcode":"86","mobile":"13800138000","report_status":"FAIL",)"
    R"("errmsg":"MBBLACK","description":"d","sid":"serial-1"}])";
const std::string aliyun_report =
    R"([{"phone_number":"13800138000","success":true,"biz_id":"b1","out_id":"ref-1"}])";
const std::string hook_report =
    R"({"id":"m1","client_ref":"ref-1","phone":"+8613800138000","delivered":true})";
const std::string twilio_report =
    "MessageSid=SM1&MessageStatus=delivered&To=%2B8613800138000&AccountSid=AC1";

std::string twilio_signature(const std::string& body, const std::string& token,
                             const std::string& path = "/sms/receipts/twilio-1") {
  return sign_twilio(token, public_url + path, decode_form(body));
}

httplib::Headers hook_headers(std::int64_t at, const std::string& body,
                              const std::string& id = "report-1") {
  return {{"webhook-id", id},
          {"webhook-timestamp", std::to_string(at)},
          {"webhook-signature",
           "v1,b2xkZXIga2V5 "
               + sign_webhook(*decode_webhook_secret(hook_secret), id, at, body)}};
}

} // namespace

TEST_CASE("Tencent's report under its secret path reaches the supervisor") {
  receipts_world w;
  const auto r = w.post("tencent-1/" + path_secret, tencent_report);
  CHECK(r->status == 200);
  CHECK(r->body == "{\"result\":0,\"errmsg\":\"OK\"}\n");
  const auto taken = w.actors.last<take_receipts>();
  REQUIRE(taken);
  CHECK(taken->provider == "tencent-1");
  REQUIRE(taken->receipts.size() == 1);
  CHECK(taken->receipts[0].provider == "tencent-1");
  CHECK(taken->receipts[0].provider_message_id == "serial-1");
  CHECK(taken->receipts[0].phone == "+8613800138000");
  CHECK_FALSE(taken->receipts[0].delivered);
}

TEST_CASE("Aliyun's report is answered in its own words") {
  receipts_world w;
  const auto r = w.post("aliyun-1/" + path_secret, aliyun_report);
  CHECK(r->status == 200);
  CHECK(json_of(r)["code"] == 0);
  CHECK(json_of(r).contains("msg"));
  CHECK(w.taken() == 1);
}

TEST_CASE("Twilio's report counts with its signature over the public address only") {
  receipts_world w;
  const auto post = [&](const std::string& body, const std::string& signature) {
    return w.client().Post("/sms/receipts/twilio-1", {{"X-Twilio-Signature", signature}},
                           body, "application/x-www-form-urlencoded");
  };
  const auto status = [&](const std::string& body, const std::string& signature) {
    return post(body, signature)->status;
  };
  const auto forged = twilio_report + "0";
  CHECK(status(twilio_report, "") == 401);
  CHECK(status(twilio_report, twilio_signature(twilio_report, "another token")) == 401);
  CHECK(status(forged, twilio_signature(twilio_report, auth_token)) == 401);
  CHECK(status(twilio_report, twilio_signature(twilio_report, auth_token, "/elsewhere"))
        == 401);
  CHECK(w.taken() == 0);
  const auto r = post(twilio_report, twilio_signature(twilio_report, auth_token));
  CHECK(r->status == 200);
  CHECK(r->body.empty());
  CHECK(w.taken() == 1);
}

TEST_CASE("a report's phone is brought to the spelling that messages have") {
  receipts_world w;
  const std::string report = R"([{"phone_number":"541123456789","success":true,)"
                             R"("biz_id":"b1","out_id":"ref-1"}])";
  REQUIRE(w.post("aliyun-1/" + path_secret, report)->status == 200);
  const auto taken = w.actors.last<take_receipts>();
  REQUIRE(taken);
  REQUIRE(taken->receipts.size() == 1);
  CHECK(taken->receipts[0].phone == "+5491123456789");
}

TEST_CASE("Twilio may sign with or without the port of the public address") {
  struct sample {
    std::string configured;
    std::vector<std::string> signed_as;
    std::vector<std::string> never;
  };
  for (const auto& [configured, signed_as, never] :
       std::vector<sample>{{"https://a.example/base/",
                            {"https://a.example/base", "https://a.example:443/base"},
                            {"https://a.example:80/base", "https://a.example:444/base",
                             "http://a.example/base", "https://a.example:/base",
                             "https://b.example/base"}},
                           {"https://a.example:443",
                            {"https://a.example:443", "https://a.example"},
                            {"https://a.example:80", "https://a.example:4430"}},
                           {"https://a.example:8443",
                            {"https://a.example:8443", "https://a.example"},
                            {"https://a.example:443", "https://a.example:844"}},
                           {"http://a.example",
                            {"http://a.example", "http://a.example:80"},
                            {"http://a.example:443", "https://a.example"}},
                           {"http://[2001:db8::1]",
                            {"http://[2001:db8::1]", "http://[2001:db8::1]:80"},
                            {"http://[2001:db8:", "http://[2001:db8::1]:81"}},
                           {"http://[2001:db8::1]:8081",
                            {"http://[2001:db8::1]:8081", "http://[2001:db8::1]"},
                            {"http://[2001:db8::1]:80"}}}) {
    receipts_world w{configured};
    const auto status = [&](const std::string& base) {
      const auto signature = sign_twilio(auth_token, base + "/sms/receipts/twilio-1",
                                         decode_form(twilio_report));
      return w.client()
          .Post("/sms/receipts/twilio-1", {{"X-Twilio-Signature", signature}},
                twilio_report, "application/x-www-form-urlencoded")
          ->status;
    };
    CAPTURE(configured);
    for (const auto& base : signed_as)
      CHECK_MESSAGE(status(base) == 200, base);
    for (const auto& base : never)
      CHECK_MESSAGE(status(base) == 401, base);
  }
}

TEST_CASE("a webhook's report counts with a fresh signature only") {
  receipts_world w;
  const auto now = to_unix_ms(w.now) / 1000;
  const auto status = [&](const httplib::Headers& headers, const std::string& body) {
    return w.post("hook", body, headers)->status;
  };
  CHECK(status({}, hook_report) == 401);
  CHECK(status(hook_headers(now, hook_report + " "), hook_report) == 401);
  for (const auto at : {now - 301, now + 301, std::int64_t{0}})
    CHECK(status(hook_headers(at, hook_report), hook_report) == 401);
  auto moved = hook_headers(now, hook_report);
  moved.erase("webhook-timestamp");
  CHECK(status(moved, hook_report) == 401);
  CHECK(w.taken() == 0);
  for (const auto at : {now - 300, now, now + 300})
    CHECK(status(hook_headers(at, hook_report), hook_report) == 200);
  CHECK(w.taken() == 1);
}

TEST_CASE("a webhook with a secret path need not sign, but what it signs must be right") {
  receipts_world w;
  const auto now = to_unix_ms(w.now) / 1000;
  const auto path = "hook-2/" + path_secret;
  CHECK(w.post(path, hook_report)->status == 200);
  CHECK(w.post(path, hook_report, hook_headers(now, hook_report))->status == 200);
  CHECK(w.post(path, hook_report, hook_headers(now, "{}"))->status == 401);
}

TEST_CASE("a webhook with a secret path may sign at the plain one, and must there") {
  receipts_world w;
  const auto now = to_unix_ms(w.now) / 1000;
  CHECK(w.post("hook-2", hook_report)->status == 401);
  CHECK(w.post("hook-2", hook_report, hook_headers(now, "{}"))->status == 401);
  CHECK(w.post("hook-2/wrong", hook_report, hook_headers(now, hook_report))->status
        == 404);
  CHECK(w.taken() == 0);
  CHECK(w.post("hook-2", hook_report, hook_headers(now, hook_report))->status == 200);
  CHECK(w.taken() == 1);
}

TEST_CASE("Twilio with a secret path may report at both, and signs the one it is at") {
  receipts_world w;
  const auto status = [&](const std::string& at, const std::string& signed_at) {
    return w.client()
        .Post("/sms/receipts/" + at,
              {{"X-Twilio-Signature", twilio_signature(twilio_report, auth_token,
                                                       "/sms/receipts/" + signed_at)}},
              twilio_report, "application/x-www-form-urlencoded")
        ->status;
  };
  const auto plain = std::string{"twilio-2"};
  const auto secret = "twilio-2/" + path_secret;
  CHECK(status(plain, secret) == 401);
  CHECK(status(secret, plain) == 401);
  CHECK(w.taken() == 0);
  CHECK(status(plain, plain) == 200);
  CHECK(status(secret, secret) == 200);
}

TEST_CASE("a webhook's report that is not understood gets 422 with the field") {
  receipts_world w;
  const auto r = w.post("hook-2/" + path_secret,
                        "[" + hook_report + R"(,{"id":"m2","phone":"+8613800138000"}])");
  CHECK(r->status == 422);
  CHECK(json_of(r)["error"] == "report_not_understood");
  CHECK(json_of(r)["fields"][0]["field"] == "status");
  const auto taken = w.actors.last<take_receipts>();
  REQUIRE(taken);
  CHECK(taken->receipts.size() == 1);
  CHECK(taken->not_understood == std::vector<std::string>{"status"});
}

TEST_CASE("a cloud's report that is not understood is acknowledged and told of") {
  receipts_world w;
  const auto r = w.post("tencent-1/" + path_secret, R"([{"report_status":"LATER"}])");
  CHECK(r->status == 200);
  CHECK(w.actors.last<take_receipts>()->not_understood
        == std::vector<std::string>{"report_status"});
}

TEST_CASE("unknown providers, wrong secrets and those that cannot report look alike") {
  receipts_world w;
  const auto shape = [&](const std::string& path) {
    auto r = w.post(path, tencent_report);
    auto body = json_of(r);
    body.erase("requestId");
    return std::pair{r->status, body.dump()};
  };
  const auto unknown = shape("nobody/" + path_secret);
  CHECK(unknown.first == 404);
  for (const auto& path :
       {std::string{"tencent-1"}, std::string{"tencent-1/wrong"},
        "tencent-1/" + path_secret + "x", "tencent-1/" + path_secret.substr(1),
        std::string{"mute"}, std::string{"mute/x"}, std::string{"unsigned"},
        std::string{"console"}, std::string{"console/x"}, std::string{"hook/x"},
        "twilio-1/" + path_secret, std::string{"nobody"}, std::string{"a/b/c"}})
    CHECK_MESSAGE(shape(path) == unknown, path);
  CHECK(w.taken() == 0);
}

TEST_CASE("a replayed or unknown report is acknowledged like any other") {
  receipts_world w;
  for (int i = 0; i < 2; ++i)
    CHECK(w.post("tencent-1/" + path_secret, tencent_report)->status == 200);
}

TEST_CASE("a report of an intermediate state is acknowledged and goes no further") {
  receipts_world w;
  CHECK(w.post("tencent-1/" + path_secret, "[]")->status == 200);
  const std::string body = "MessageSid=SM1&MessageStatus=sent&To=%2B8613800138000";
  CHECK(w.client()
            .Post("/sms/receipts/twilio-1",
                  {{"X-Twilio-Signature", twilio_signature(body, auth_token)}}, body,
                  "application/x-www-form-urlencoded")
            ->status
        == 200);
  CHECK_FALSE(w.actors.last<take_receipts>());
}

TEST_CASE("a body that is no report is a 400, one with too many a 413") {
  receipts_world w;
  CHECK(w.post("tencent-1/" + path_secret, "{\"a\":")->status == 400);
  CHECK(w.post("tencent-1/" + path_secret, "{}")->status == 400);
  CHECK(w.post("aliyun-1/" + path_secret, std::string(20'000, '['))->status == 400);
  std::string many = "[{}";
  for (int i = 0; i < 500; ++i)
    many += ",{}";
  CHECK(w.post("aliyun-1/" + path_secret, many + "]")->status == 413);
  CHECK(w.post("aliyun-1/" + path_secret, std::string(100'000, ' '))->status == 413);
}

TEST_CASE("while the store is down a report is refused, so that it comes again") {
  receipts_world w;
  w.actors.fail = [] {
    return failure{errc::unavailable, "the store is away"};
  };
  const auto r = w.post("tencent-1/" + path_secret, tencent_report);
  CHECK(r->status == 503);
  CHECK(r->has_header("Retry-After"));
}

TEST_CASE("the secret of a path reaches neither log nor metrics") {
  receipts_world w;
  (void)w.post("tencent-1/" + path_secret, "{}");
  (void)w.post("tencent-1/" + path_secret + "x", tencent_report);
  (void)w.client().Get("/sms/receipts/tencent-1/" + path_secret);
  w.actors.fail = [] {
    return failure{errc::unavailable, "no " + path_secret};
  };
  (void)w.post("tencent-1/" + path_secret, tencent_report);
  CHECK(w.log_text().find("/sms/receipts/:provider/:secret") != std::string::npos);
  CHECK(w.log_text().find(path_secret) == std::string::npos);
  CHECK(w.log_text().find("13800138000") == std::string::npos);
  const auto metrics = w.admin().Get("/metrics");
  REQUIRE(metrics);
  CHECK(metrics->body.find("/sms/receipts/:provider/:secret") != std::string::npos);
  CHECK(metrics->body.find(path_secret) == std::string::npos);
}

} // namespace tinybook::http
