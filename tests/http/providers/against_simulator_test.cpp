#include "http/providers/make_provider.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr dialect_kind all_kinds[] = {dialect_kind::webhook, dialect_kind::tencent,
                                      dialect_kind::aliyun, dialect_kind::twilio};

config::provider_kind kind_for(dialect_kind kind) {
  switch (kind) {
  case dialect_kind::webhook:
    return config::provider_kind::webhook;
  case dialect_kind::tencent:
    return config::provider_kind::tencent;
  case dialect_kind::aliyun:
    return config::provider_kind::aliyun;
  case dialect_kind::twilio:
    break;
  }
  return config::provider_kind::twilio;
}

/// As an operator would configure this simulator.
config::sms_provider configured(const provider_simulator& simulator) {
  const auto& options = simulator.options();
  config::sms_provider p;
  p.name = "simulated";
  p.kind = kind_for(options.kind);
  p.enabled = true;
  p.url = simulator.url();
  p.access_key_id = options.keys.key_id;
  p.account_sid = options.keys.key_id;
  p.secret = options.keys.secret;
  p.app_id = "1400006666";
  p.sign_name = "签名 & co";
  p.template_id = "1110";
  p.template_params = {"code", "minutes"};
  p.from = "+15005550006";
  return p;
}

send_outcome send_once(const config::sms_provider& provider) {
  const auto message = [] {
    auto out = sample_message();
    out.expires_at = system_now() + 10min;
    return out;
  }();
  return http::make_provider(provider, "https://sms.example.org", system_now,
                             std::make_shared<system_random>(), nullptr)()
      ->send(message, 1s);
}

send_outcome outcome_under(dialect_kind kind, const std::string& script) {
  provider_simulator simulator{{.kind = kind, .script = script}};
  return send_once(configured(simulator));
}

} // namespace

TEST_CASE("an independent receiver takes what each client signs and sends") {
  for (const auto kind : all_kinds) {
    CAPTURE(static_cast<int>(kind));
    provider_simulator simulator{{.kind = kind}};
    const auto sent = send_once(configured(simulator));
    CHECK(sent.kind == outcome_class::delivered);
    CHECK(simulator.refused() == 0);
    const auto taken = simulator.accepted();
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].sms.id == sent.provider_message_id);
    CHECK(taken[0].sms.phone == "+8613800138000");
    CHECK(taken[0].sms.code == "424242");
    if (kind == dialect_kind::twilio)
      CHECK(taken[0].sms.callback == "https://sms.example.org/sms/receipts/simulated");
    else
      CHECK(taken[0].sms.client_ref == "ref-1");
  }
}

TEST_CASE("a wrong key is refused by an independent receiver: a provider that is down") {
  for (const auto kind : all_kinds) {
    CAPTURE(static_cast<int>(kind));
    provider_simulator simulator{{.kind = kind}};
    auto provider = configured(simulator);
    provider.secret = kind == dialect_kind::webhook ? "whsec_AAAA" : "another secret";
    CHECK(send_once(provider).kind == outcome_class::provider_down);
    CHECK(simulator.accepted().empty());
    CHECK(simulator.refused() == 1);
  }
}

TEST_CASE("what goes wrong at an independent receiver has its class in each dialect") {
  for (const auto kind : all_kinds) {
    CAPTURE(static_cast<int>(kind));
    CHECK(outcome_under(kind, "0s fail").kind == outcome_class::provider_down);
    CHECK(outcome_under(kind, "0s reject").kind == outcome_class::rejected);
    CHECK(outcome_under(kind, "0s drop").kind == outcome_class::ambiguous);
    CHECK(outcome_under(kind, "0s hang").kind == outcome_class::ambiguous);
    const auto throttled = outcome_under(kind, "0s throttle retry-after=2s");
    CHECK(throttled.kind == outcome_class::throttled);
    CHECK(throttled.retry_after == 2s);
    const auto closed = outcome_under(kind, "0s not_here");
    CHECK(closed.kind == outcome_class::not_here);
    CHECK(closed.whole_region);
    // Twilio has no limit per number.
    CHECK(outcome_under(kind, "0s limit_number").kind
          == (kind == dialect_kind::twilio ? outcome_class::throttled
                                           : outcome_class::number_limited));
    // A webhook's 2xx needs no body.
    CHECK(outcome_under(kind, "0s garbage").kind
          == (kind == dialect_kind::webhook ? outcome_class::delivered
                                            : outcome_class::ambiguous));
  }
}

} // namespace tinybook::test
