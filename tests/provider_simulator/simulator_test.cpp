#include "tests/support/provider_simulator/signing.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A webhook's customer that signs as it should.
struct customer {
  explicit customer(const provider_simulator& p) : http("127.0.0.1", p.port()) {
    http.set_keep_alive(true);
    http.set_read_timeout(0, 300'000);
  }

  httplib::Result send(const std::string& phone = "+8613800138000") {
    const json body{{"phone", phone}, {"parameters", {{"code", "123456"}}}};
    const auto text = body.dump();
    const auto now =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count());
    const auto key = signing::from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    return http.Post("/sms",
                     {{"webhook-id", "ref-1"},
                      {"webhook-timestamp", now},
                      {"webhook-signature", "v1,"
                                                + signing::base64(signing::hmac_sha256(
                                                    key, "ref-1." + now + "." + text))}},
                     text, "application/json");
  }

  int status(const std::string& phone = "+8613800138000") {
    const auto answer = send(phone);
    return answer ? answer->status : 0;
  }

  httplib::Client http;
};

struct simulated {
  explicit simulated(const std::string& script = "0s ok")
      : provider({.script = script}), customer_(provider) {}
  provider_simulator provider;
  customer customer_;
};

} // namespace

TEST_CASE("what is accepted is kept with its reference, phone and code") {
  simulated s;
  CHECK(s.customer_.status() == 202);
  const auto all = s.provider.accepted();
  REQUIRE(all.size() == 1);
  CHECK(all[0].sms.client_ref == "ref-1");
  CHECK(all[0].sms.phone == "+8613800138000");
  CHECK(all[0].sms.code == "123456");
  CHECK_FALSE(all[0].sms.id.empty());
}

TEST_CASE("an unsigned request is refused and not kept") {
  simulated s;
  const auto answer = s.customer_.http.Post("/sms", "{}", "application/json");
  REQUIRE(answer);
  CHECK(answer->status == 401);
  CHECK(s.provider.refused() == 1);
  CHECK(s.provider.seen().empty());
}

TEST_CASE("it refuses as it is told") {
  simulated s{"0s fail status=502"};
  CHECK(s.customer_.status() == 502);
  s.provider.behave("0s throttle retry-after=1500ms");
  const auto throttled = s.customer_.send();
  REQUIRE(throttled);
  CHECK(throttled->status == 429);
  CHECK(throttled->get_header_value("Retry-After") == "2");
  s.provider.behave("0s reject");
  CHECK(s.customer_.status() == 422);
  CHECK(s.provider.accepted().empty());
  CHECK(s.provider.seen().size() == 3);
}

TEST_CASE("a dropped connection has its message accepted, a hanging one has not") {
  simulated s{"0s drop"};
  CHECK(s.customer_.status() == 0);
  CHECK(s.provider.accepted().size() == 1);
  s.provider.behave("0s hang");
  CHECK(s.customer_.status() == 0);
  CHECK(s.provider.accepted().size() == 1);
  s.provider.behave("0s ok");
  CHECK(s.customer_.status() == 202);
}

TEST_CASE("a slow answer takes its time") {
  simulated s{"0s slow latency=50ms"};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(s.customer_.status() == 202);
  CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
}

TEST_CASE("garbage is a 200 that says nothing") {
  simulated s{"0s garbage"};
  const auto answer = s.customer_.send();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK_FALSE(json::accept(answer->body));
}

TEST_CASE("an outage of one country leaves the others alone") {
  simulated s{"0s fail for=+44"};
  CHECK(s.customer_.status("+447911123456") == 503);
  CHECK(s.customer_.status("+8613800138000") == 202);
}

TEST_CASE("its behaviour is changed and its log is read over HTTP") {
  simulated s;
  auto& http = s.customer_.http;
  CHECK(http.Post("/control", R"({"mode":"fail status=500"})", "application/json")->status
        == 200);
  CHECK(s.customer_.status() == 500);
  CHECK(http.Post("/control", R"({"script":"0s ok"})", "application/json")->status
        == 200);
  CHECK(s.customer_.status() == 202);
  for (const char* wrong : {R"({"mode":"fly"})", "{}", "no json"})
    CHECK(http.Post("/control", wrong, "application/json")->status == 400);
  const auto log = json::parse(http.Get("/log")->body);
  REQUIRE(log.size() == 2);
  CHECK(log[0]["did"] == "fail");
  CHECK(log[0]["accepted"] == false);
  CHECK(log[1]["code"] == "123456");
}

TEST_CASE("a wait ends when what it waits for was seen") {
  simulated s;
  const auto one = [](const auto& seen) {
    return !seen.empty();
  };
  CHECK_FALSE(s.provider.wait_for(one, 1ms));
  CHECK(s.customer_.status() == 202);
  CHECK(s.provider.wait_for(one, 1s));
}

TEST_CASE("receipts are posted late, and replayed") {
  httplib::Server us;
  std::mutex mutex;
  std::vector<std::string> got;
  us.Post(".*", [&](const httplib::Request& q, httplib::Response& r) {
    std::lock_guard guard{mutex};
    got.push_back(q.path + q.body);
    r.set_content("{}", "application/json");
  });
  const int port = us.bind_to_any_port("127.0.0.1");
  std::thread listening{[&] {
    us.listen_after_bind();
  }};
  {
    simulated s{"0s ok receipt=replayed receipt-after=10ms"};
    s.provider.send_receipts_to("http://127.0.0.1:" + std::to_string(port) + "/r/secret");
    CHECK(s.customer_.status() == 202);
    CHECK(s.provider.receipts().wait_answers(2, 5s));
    CHECK(s.provider.send_receipt("+8613800138000", receipt_kind::forged));
    CHECK(s.provider.receipts().wait_answers(3, 5s));
    CHECK_FALSE(s.provider.send_receipt("+861", receipt_kind::genuine));
  }
  us.stop();
  listening.join();
  REQUIRE(got.size() == 3);
  CHECK(got[0] == got[1]);
  CHECK(got[0].find("/r/secret") == 0);
  CHECK(got[0].find("failed") != std::string::npos);
  CHECK(got[2].find("/r/secret") == std::string::npos);
}

} // namespace tinybook::test
