#include "tests/blackbox/failover_world.hpp"

#include <algorithm>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

using enum dialect_kind;

std::vector<request_seen> for_phone(const provider_simulator& provider,
                                    const std::string& phone) {
  std::vector<request_seen> out;
  std::ranges::copy_if(provider.accepted(), std::back_inserter(out),
                       [&](const auto& r) { return r.sms.phone == phone; });
  return out;
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

/// The first provider fails as `script` says, and recovers.
void check_take_over_and_return(failover_world& world, const std::string& script) {
  const steady_traffic traffic{world, 3};
  REQUIRE(traffic.wait_delivered(20, 10s));
  CHECK(world.circuit("first") == "closed");

  world.provider(0).behave(script);
  CHECK(world.circuit_becomes("first", "open", 15s));
  CHECK(traffic.wait_delivered(20, 10s));
  const auto elsewhere =
      world.provider(1).accepted().size() + world.provider(2).accepted().size();
  CHECK(elsewhere >= 20);

  const auto before = world.provider(0).accepted().size();
  world.provider(0).behave("0s ok");
  CHECK(world.circuit_becomes("first", "closed", 20s));
  CHECK(traffic.wait_delivered(20, 10s));
  CHECK(world.provider(0).accepted().size() > before);
  CHECK(traffic.missing() == 0);
  CHECK(traffic.slowest() < 10s);
}

} // namespace

TEST_SUITE_BEGIN("failover");

TEST_CASE(
    "the others take over from a provider that fails, and it comes back by itself") {
  failover_world world{{{tencent}, {aliyun}, {twilio}}};
  check_take_over_and_return(world, "0s fail status=500");
}

TEST_CASE("the others take over from a provider that hangs") {
  failover_world world{{{webhook, "timeout = \"400ms\"\n"}, {twilio}, {tencent}}};
  check_take_over_and_return(world, "0s hang");
}

TEST_CASE("every dialect delivers a code that logs in") {
  for (auto kind : {webhook, tencent, aliyun, twilio}) {
    failover_world world{{{kind}}};
    const auto phone = world.new_phone();
    CHECK(world.deliver(phone) == 0);
    CHECK(world.provider(0).refused() == 0);
    const auto code = code_for_phone(world.provider(0).seen(), phone);
    CHECK(world.server().browser().log_in_by_code(phone, code).status == 200);
  }
}

TEST_CASE("a provider that asks to wait is not called before") {
  failover_world world{{{twilio, "max_in_flight = 1\n"}, {webhook}}};
  REQUIRE(world.deliver(world.new_phone()) == 0);
  world.provider(0).behave("0s throttle retry-after=2s");
  const auto twice = [](const std::vector<request_seen>& seen) {
    return std::ranges::count(seen, behaviour::throttle, &request_seen::did) >= 2;
  };
  {
    const steady_traffic traffic{world, 2};
    CHECK(world.provider(0).wait_for(twice, 15s));
    CHECK(traffic.missing() == 0);
    CHECK(traffic.slowest() < 5s);
  }
  CHECK(world.circuit("first") == "closed");
  std::vector<request_seen> refused;
  std::ranges::copy_if(world.provider(0).seen(), std::back_inserter(refused),
                       [](const auto& r) { return r.did == behaviour::throttle; });
  for (std::size_t i = 1; i < refused.size(); ++i)
    CHECK(refused[i].at - refused[i - 1].at >= 2s);
}

TEST_CASE(
    "a code that waits for a pause goes out when it is lifted, and after a restart") {
  failover_world world{{{webhook}}};
  const auto paused_with = [&](const std::string& phone) {
    world.provider(0).behave("0s throttle retry-after=60s");
    const auto before = world.provider(0).seen().size();
    REQUIRE(world.server().browser().send_code(phone).status == 200);
    REQUIRE(world.provider(0).wait_for(
        [&](const auto& seen) { return seen.size() > before; }, 10s));
    REQUIRE(world
                .degraded([](const auto& names) {
                  return std::ranges::find(names, "pause.first") != names.end();
                })
                .size()
            >= 1);
    world.provider(0).behave("0s ok");
  };
  const auto goes_out = [&](const std::string& phone) {
    return world.provider(0).wait_for(
        [&](const auto& seen) { return accepted_for(seen, phone); }, 15s);
  };
  const auto lifted = world.new_phone();
  paused_with(lifted);
  REQUIRE(world.force("first", "auto") == 200);
  CHECK(goes_out(lifted));
  const auto restarted = world.new_phone();
  paused_with(restarted);
  world.server().process->kill_hard();
  world.server().start();
  CHECK(goes_out(restarted));
}

TEST_CASE("a code whose answer was lost goes to another provider, same reference") {
  failover_world world{{{tencent}, {webhook}}};
  world.provider(0).behave("0s drop");
  const auto phone = world.new_phone();
  REQUIRE(world.deliver(phone) >= 0);
  REQUIRE(world.provider(1).wait_for(
      [&](const auto& seen) { return accepted_for(seen, phone); }, 10s));
  const auto first = for_phone(world.provider(0), phone);
  const auto second = for_phone(world.provider(1), phone);
  REQUIRE((first.size() == 1 && second.size() == 1));
  CHECK(first[0].sms.client_ref == second[0].sms.client_ref);
  CHECK(first[0].sms.code == second[0].sms.code);
}

TEST_CASE("an outage of one country moves only its codes") {
  failover_world world{{{webhook}, {tencent}}};
  world.provider(0).behave("0s fail for=+44");
  CHECK(world.deliver(world.new_phone("+447400")) == 1);
  CHECK(world.deliver(world.new_phone()) == 0);
}

TEST_CASE("a provider gets only the countries of its routes") {
  failover_world world{{{aliyun, "routes = [\"+86\"]\n"}, {twilio}}};
  CHECK(world.deliver(world.new_phone("+447400")) == 1);
  CHECK(world.deliver(world.new_phone()) == 0);
  world.provider(0).behave("0s fail");
  CHECK(world.deliver(world.new_phone()) == 1);
}

TEST_CASE("a number that Aliyun would take for a Chinese one goes to another provider") {
  failover_world world{{{aliyun}, {twilio}}};
  CHECK(world.deliver(world.new_phone("+18624")) == 1);
  CHECK(world.provider(0).seen().empty());
}

TEST_CASE("a provider that drips its answer holds up neither messages nor a stop") {
  failover_world world{{{webhook}, {tencent}}};
  world.provider(0).behave("0s drip");
  const auto phone = world.new_phone();
  REQUIRE(world.deliver(phone) == 0);
  CHECK(world.provider(1).wait_for(
      [&](const auto& seen) { return accepted_for(seen, phone); }, 10s));
  REQUIRE(world.deliver(world.new_phone()) == 0);
  world.server().process->signal(SIGTERM);
  CHECK(world.server().process->wait_exit() == 0);
}

TEST_CASE("a slow call is not held against its worker") {
  failover_world world{{{webhook}}};
  world.provider(0).behave("0s hang");
  REQUIRE(world.server().browser().send_code(world.new_phone()).status == 200);
  REQUIRE(
      world.provider(0).wait_for([](const auto& seen) { return !seen.empty(); }, 10s));
  CHECK(world.bad_actors().empty());
}

TEST_CASE("a code that was reported lost is sent again by another provider, once") {
  const std::string secret = "a-long-receipt-secret";
  failover_world world{{{tencent, "receipt_secret = \"" + secret + "\"\n"}, {webhook}}};
  auto& lossy = world.provider(0);
  lossy.send_receipts_to("http://127.0.0.1:"
                         + std::to_string(world.server().process->port())
                         + "/sms/receipts/first/" + secret);
  const auto phone = world.new_phone();
  REQUIRE(world.deliver(phone) == 0);

  REQUIRE(lossy.send_receipt(phone, receipt_kind::forged));
  REQUIRE(lossy.receipts().wait_answers(1, 5s));
  CHECK(lossy.receipts().answers()[0] >= 400);

  REQUIRE(lossy.send_receipt(phone, receipt_kind::replayed));
  REQUIRE(lossy.receipts().wait_answers(3, 5s));
  CHECK(lossy.receipts().answers()[1] == 200);
  CHECK(lossy.receipts().answers()[2] == 200);
  REQUIRE(world.provider(1).wait_for(
      [&](const auto& seen) { return accepted_for(seen, phone); }, 10s));
  CHECK(for_phone(lossy, phone).size() == 1);
  const auto again = for_phone(world.provider(1), phone);
  REQUIRE(again.size() == 1);
  CHECK(again[0].sms.client_ref != for_phone(lossy, phone)[0].sms.client_ref);
  CHECK(world.server().browser().log_in_by_code(phone, again[0].sms.code).status == 200);
}

TEST_CASE("an outage is in the log, in /readyz and in the health while it lasts") {
  failover_world world{{{tencent}, {webhook}}};
  const auto all_well = [](const std::vector<std::string>& parts) {
    return parts.empty();
  };
  const steady_traffic traffic{world, 3};
  REQUIRE(traffic.wait_delivered(5, 10s));
  CHECK(world.degraded(all_well).empty());
  CHECK(world.bad_actors().empty());

  world.provider(0).behave("0s fail status=500");
  CHECK(world.server().process->wait_output("circuit_changed", 15s, true));
  CHECK(holds(
      world.degraded([](const auto& parts) { return holds(parts, "circuit.first"); }),
      "circuit.first"));
  CHECK(holds(world.bad_actors(), "sms-sender-first"));

  world.provider(0).behave("0s ok");
  CHECK(world.circuit_becomes("first", "closed", 20s));
  CHECK(world.degraded(all_well).empty());
  CHECK(world.bad_actors().empty());
}

TEST_CASE("a provider that is forced open is told of after a restart, and at a send") {
  failover_world world{{{webhook}}};
  const auto is_held_up = [](const std::vector<std::string>& parts) {
    return holds(parts, "forced.first") && holds(parts, "no_provider");
  };
  REQUIRE(world.force("first", "open") == 200);
  const auto phone = world.new_phone();
  CHECK(world.server().browser().send_code(phone).status == 200);
  CHECK(world.server().process->wait_output("WARN no_provider", 5s, true));
  CHECK(is_held_up(world.degraded(is_held_up)));

  world.server().process->signal(SIGTERM);
  REQUIRE(world.server().process->wait_exit() == 0);
  world.server().start();
  CHECK(world.server().process->wait_output("WARN provider_forced", 5s, true));
  CHECK(is_held_up(world.degraded(is_held_up)));

  REQUIRE(world.force("first", "auto") == 200);
  CHECK(world.provider(0).wait_for(
      [&](const auto& seen) { return accepted_for(seen, phone); }, 10s));
  for (int i = 0; i < 3; ++i)
    CHECK(world.deliver(world.new_phone()) == 0);
  CHECK(world.circuit_becomes("first", "closed", 20s));
  CHECK(
      world.degraded([](const std::vector<std::string>& parts) { return parts.empty(); })
          .empty());
  CHECK(says(world.server().process->standard_error(), "provider_force_ended"));
}

TEST_SUITE_END();

} // namespace tinybook::test
