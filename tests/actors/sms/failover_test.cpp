#include "tests/actors/sms/delivery_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

using storage::message_state;
using words = std::vector<std::string>;

TEST_CASE_FIXTURE(delivery_fixture, "a definite failure goes to the second at once") {
  add_provider("one", default_admission(), 100).always(outcome_class::provider_down);
  auto& two = add_provider("two");
  start_supervisor();
  const auto before = now();
  REQUIRE(submit());
  run();
  REQUIRE(two.calls.size() == 1);
  CHECK(two.calls[0].at == before);
  CHECK(state() == message_state::delivered);
  CHECK(tries() == words{"one provider_down", "two delivered"});
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "an ambiguous result goes on with the same client reference") {
  auto& one = add_provider("one", default_admission(), 100);
  one.hang();
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  advance(6s);
  REQUIRE(two.calls.size() == 1);
  CHECK(one.calls[0].message.client_ref == two.calls[0].message.client_ref);
  CHECK(tries() == words{"one ambiguous", "two delivered"});
}

TEST_CASE_FIXTURE(
    delivery_fixture,
    "a purpose that forbids a second copy waits after an ambiguous result") {
  options.single_copy_purposes = {"login"};
  auto& one = add_provider("one", default_admission(), 100);
  one.always(outcome_class::ambiguous);
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  advance(30s);
  CHECK(one.calls.size() == 1);
  CHECK(two.calls.empty());
  CHECK(state() == message_state::ready);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a provider is not passed over for good because of what it told once") {
  auto& one = add_provider("one", default_admission(), 100);
  auto& two = add_provider("two");
  start_supervisor();
  // As if what it told since had been lost.
  tell(supervisor_at, provider_places{.provider = "one",
                                      .life = sender_at[0].get().id(),
                                      .retry_after = 10ms});
  run();
  advance(20ms);
  REQUIRE(submit("+8613800138001"));
  CHECK(two.calls.size() == 1);
  REQUIRE(submit("+8613800138002"));
  CHECK(one.calls.size() == 1);
}

TEST_CASE_FIXTURE(delivery_fixture, "a rejected message is dead at once") {
  add_provider("one", default_admission(), 100).always(outcome_class::rejected);
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  advance(2min, 1s);
  CHECK(state() == message_state::dead);
  CHECK(two.calls.empty());
}

TEST_CASE_FIXTURE(delivery_fixture, "rounds are apart by the backoff with its jitter") {
  options.rules.backoff = {500ms, 2.0, 0.5, 60s};
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  REQUIRE(submit());
  advance(30s, 10ms);
  REQUIRE(one.calls.size() >= 5);
  auto nominal = 500ms;
  for (std::size_t i = 1; i < 5; ++i) {
    const auto wait = one.calls[i].at - one.calls[i - 1].at;
    CHECK(wait >= nominal / 2);
    CHECK(wait <= nominal * 3 / 2 + 50ms);
    nominal *= 2;
  }
  CHECK(store.message(1).message.attempt == static_cast<int>(one.calls.size()));
}

TEST_CASE_FIXTURE(delivery_fixture, "a failing provider never makes a live code dead") {
  options.rules.backoff = {500ms, 2.0, 0.5, 5s};
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  REQUIRE(submit());
  advance(9min, 100ms);
  CHECK_FALSE((state() >= message_state::delivered));
  one.always(outcome_class::delivered);
  advance(10s);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture, "nothing is sent at or after the expiry") {
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  const auto expires_at = now() + 10min;
  REQUIRE(submit());
  advance(11min, 100ms);
  CHECK(state() == message_state::expired);
  for (const auto& call : one.calls)
    CHECK(call.at < expires_at);
  CHECK(store.message(1).message.sealed_parameters.empty());
}

TEST_CASE_FIXTURE(delivery_fixture, "a used or superseded code is not sent") {
  judge.wanted = false;
  auto& one = add_provider("one");
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(state() == message_state::expired);
  CHECK(one.calls.empty());
}

TEST_CASE_FIXTURE(delivery_fixture, "the code is looked at before the second try, too") {
  auto& one = add_provider("one", default_admission(), 100);
  one.answer = [this](const outgoing_sms&) {
    judge.wanted = false;
    send_outcome down;
    down.kind = outcome_class::provider_down;
    return down;
  };
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(state() == message_state::expired);
  CHECK(two.calls.empty());
  CHECK(tries() == words{"one provider_down"});
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a message waits without a try while the code cache is away") {
  judge.wanted.reset();
  auto& one = add_provider("one");
  start_supervisor();
  REQUIRE(submit());
  advance(20s);
  CHECK(one.calls.empty());
  CHECK(state() == message_state::ready);
  CHECK(store.message(1).message.attempt == 0);
  judge.wanted = true;
  advance(2s);
  CHECK(state() == message_state::delivered);
  CHECK(store.message(1).message.attempt == 1);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "over the rate messages wait in the store, and no try is counted") {
  auto slow = default_admission();
  slow.rate_per_second = 2;
  auto& one = add_provider("one", slow);
  start_supervisor();
  for (int i = 0; i < 6; ++i)
    REQUIRE(submit("+861380013800" + std::to_string(i)));
  run();
  CHECK(one.calls.size() == 2);
  CHECK(store.message(5).message.state == message_state::ready);
  CHECK(store.message(5).message.attempt == 0);
  advance(1050ms, 10ms);
  CHECK(one.calls.size() == 4);
  advance(1050ms, 10ms);
  CHECK(one.calls.size() == 6);
  for (message_id id = 1; id <= 6; ++id)
    CHECK(store.message(id).message.attempt == 1);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "Retry-After holds that provider back, not the rest") {
  auto& one = add_provider("one", default_admission(), 100);
  one.throttle(20s);
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit("+8613800138001"));
  REQUIRE(submit("+8613800138002"));
  advance(19s);
  CHECK(one.calls.size() == 1);
  CHECK(two.calls.size() == 2);
  REQUIRE(submit("+8613800138003"));
  CHECK(one.calls.size() == 1);
  advance(2s);
  REQUIRE(submit("+8613800138004"));
  CHECK(one.calls.size() == 2);
  CHECK(store.message(1).message.attempt == 1);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a message goes only to the providers of its country") {
  auto& abroad = add_provider("abroad", default_admission(), 100);
  links.back().routes.prefixes = {"+1"};
  auto& home = add_provider("home");
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(abroad.calls.empty());
  CHECK(home.calls.size() == 1);
}

TEST_CASE_FIXTURE(delivery_fixture, "a lost sender is an ambiguous try") {
  auto& one = add_provider("one", default_admission(), 100);
  one.hang();
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  REQUIRE(one.calls.size() == 1);
  caf::anon_send_exit(sender_at[0].get(), caf::exit_reason::kill);
  run();
  CHECK(two.calls.size() == 1);
  CHECK(tries() == words{"one ambiguous", "two delivered"});
}

namespace {

send_outcome closed_region(const outgoing_sms& message) {
  send_outcome out;
  out.kind = message.phone.starts_with("+1876") ? outcome_class::not_here
                                                : outcome_class::delivered;
  out.whole_region = true;
  return out;
}

} // namespace

TEST_CASE_FIXTURE(delivery_fixture,
                  "a closed region opens no circuit, and is remembered for its numbers") {
  auto& one = add_provider("one", default_admission(), 100);
  one.answer = closed_region;
  auto& two = add_provider("two");
  start_supervisor();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(submit("+1876800000" + std::to_string(i)));
    run();
  }
  CHECK(one.calls.size() == 1);
  CHECK(two.calls.size() == 10);
  CHECK(tries() == words{"one not_here", "two delivered"});
  CHECK(fact_of(sender_at[0].get(), "circuit") == "closed");
  CHECK(fact_of(supervisor, "not_here.one.JM").starts_with("until "));
  REQUIRE(submit("+8613800138000"));
  run();
  CHECK(tries(11) == words{"one delivered"});
  advance(10min);
  REQUIRE(submit("+18768000000"));
  run();
  CHECK(tries(12) == words{"one not_here", "two delivered"});
}

TEST_CASE_FIXTURE(delivery_fixture, "a region that every provider refuses ends as dead") {
  add_provider("one", default_admission(), 100).always(outcome_class::not_here);
  add_provider("two").always(outcome_class::not_here);
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(state() == message_state::dead);
  CHECK(tries() == words{"one not_here", "two not_here"});
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a limit of one number moves this message and pauses nobody") {
  auto& one = add_provider("one", default_admission(), 100);
  one.answer = [](const outgoing_sms& message) {
    send_outcome out;
    out.kind = message.phone == "+8613800138000" ? outcome_class::number_limited
                                                 : outcome_class::delivered;
    out.retry_after = 30s;
    return out;
  };
  add_provider("two");
  start_supervisor();
  REQUIRE(submit("+8613800138000"));
  run();
  REQUIRE(submit("+8613800138001"));
  run();
  CHECK(tries(1) == words{"one number_limited", "two delivered"});
  CHECK(tries(2) == words{"one delivered"});
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a limit of the account pauses the provider for all") {
  auto& one = add_provider("one", default_admission(), 100);
  one.throttle(24h);
  add_provider("two");
  start_supervisor();
  REQUIRE(submit("+8613800138000"));
  run();
  REQUIRE(submit("+8613800138001"));
  run();
  CHECK(tries(2) == words{"two delivered"});
  advance(61s);
  REQUIRE(submit("+8613800138002"));
  run();
  CHECK(tries(3) == words{"one throttled", "two delivered"});
}

} // namespace tinybook::test
