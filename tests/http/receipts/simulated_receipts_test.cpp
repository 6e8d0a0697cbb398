#include "actors/sms/messages.hpp"
#include "config/key.hpp"
#include "http/providers/make_provider.hpp"
#include "http/receipts/receipt_address.hpp"
#include "tests/http/api/api_world.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

namespace tinybook::http {

using namespace std::chrono_literals;

using config::provider_kind;
using http::test::api_world;
using tinybook::test::dialect_kind;
using tinybook::test::provider_simulator;
using tinybook::test::receipt_kind;

namespace {

/// A provider that has taken one message of ours and reports to our listener.
struct reporting_world {
  reporting_world(dialect_kind dialect, provider_kind kind)
      : simulator({.kind = dialect}), world([&](config::settings& settings) {
          settings.http.port = tinybook::test::free_port();
          settings.sms.public_url =
              "http://127.0.0.1:" + std::to_string(settings.http.port);
          settings.sms.providers = {configured(kind)};
        }) {
    const auto& sms = world.settings.sms;
    simulator.send_receipts_to(receipt_url(sms.public_url, sms.providers[0]));
    auto message = tinybook::test::sample_message();
    message.expires_at = system_now() + 10min;
    sent = make_provider(sms.providers[0], sms.public_url, system_now,
                         std::make_shared<system_random>(), nullptr)()
               ->send(message, 2s);
  }

  config::sms_provider configured(provider_kind kind) const {
    const auto& keys = simulator.options().keys;
    config::sms_provider p;
    p.name = "simulated";
    p.kind = kind;
    p.enabled = true;
    p.url = simulator.url();
    p.access_key_id = keys.key_id;
    p.account_sid = keys.key_id;
    p.secret = keys.secret;
    p.template_params = {"code"};
    if (kind != provider_kind::twilio)
      p.receipt_secret = "p4th-s3cret";
    return p;
  }

  /// What we answer to the next report.
  int answer_to(receipt_kind kind) {
    const auto before = simulator.receipts().answers().size();
    CHECK(simulator.send_receipt("+8613800138000", kind));
    REQUIRE(simulator.receipts().wait_answers(before + 1, 5s));
    return simulator.receipts().answers().at(before);
  }

  provider_simulator simulator;
  api_world world;
  send_outcome sent;
};

bool is_of(const storage::receipt& report, std::string_view phone) {
  return report.phone == phone || report.domestic_phone == phone;
}

} // namespace

TEST_CASE("what an independent provider reports is taken, what is forged is not") {
  const std::pair<dialect_kind, provider_kind> kinds[] = {
      {dialect_kind::webhook, provider_kind::webhook},
      {dialect_kind::tencent, provider_kind::tencent},
      {dialect_kind::aliyun, provider_kind::aliyun},
      {dialect_kind::twilio, provider_kind::twilio}};
  for (const auto& [dialect, kind] : kinds) {
    CAPTURE(config::word_of(kind));
    reporting_world w{dialect, kind};
    REQUIRE(w.sent.kind == outcome_class::delivered);
    const int refused = kind == provider_kind::twilio ? 401 : 404;
    CHECK(w.answer_to(receipt_kind::forged) == refused);
    CHECK_FALSE(w.world.actors.last<take_receipts>());

    CHECK(w.answer_to(receipt_kind::negative) == 200);
    const auto lost = w.world.actors.last<take_receipts>();
    REQUIRE(lost);
    REQUIRE(lost->receipts.size() == 1);
    CHECK(lost->provider == "simulated");
    CHECK(lost->receipts[0].provider_message_id == w.sent.provider_message_id);
    CHECK(is_of(lost->receipts[0], "+8613800138000"));
    CHECK_FALSE(lost->receipts[0].delivered);

    CHECK(w.answer_to(receipt_kind::genuine) == 200);
    CHECK(w.world.actors.last<take_receipts>()->receipts.at(0).delivered);
  }
}

} // namespace tinybook::http
