#include "tests/actors/sms/plan_of_three.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tinybook {

using test::wall_start;

namespace {

constexpr auto provider_down = outcome_class::provider_down;

} // namespace

TEST_CASE("a failure goes at once through the providers in their order, then backs off") {
  plan p;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(provider_down, "a") == "b");
  CHECK(p.sent_to(outcome_class::ambiguous, "b") == "c");
  auto wait = p.waits(provider_down, "c");
  CHECK(wait.reason == wait_reason::next_round);
  CHECK(wait.time >= wall_start + 250ms);
  CHECK(wait.time <= wall_start + 751ms);
  p.now = p.run_at = wait.time;
  CHECK(p.sent_to() == "a");
  CHECK(p.progress.round == 1);
  CHECK(p.progress.total_tries == 3);
}

TEST_CASE("nothing goes out before the message's time") {
  plan p;
  p.run_at = wall_start + 5s;
  CHECK(p.waits() == wait_until{wall_start + 5s, wait_reason::scheduled});
}

TEST_CASE("delivered ends it, even after its code has expired") {
  plan p;
  p.now = p.expires_at + 1s;
  CHECK(p.ends(outcome_class::delivered, "a").state == final_state::delivered);
}

TEST_CASE("rejected is dead at once, whoever else would admit") {
  plan p;
  CHECK(p.ends(outcome_class::rejected, "a")
        == finish{final_state::dead, finish_reason::rejected});
}

TEST_CASE("at its expiry a message is not sent any more") {
  plan p;
  p.now = p.expires_at - 1ms;
  CHECK(p.sent_to() == "a");
  p.now = p.expires_at;
  CHECK(p.ends() == finish{final_state::expired, finish_reason::code_expired});
}

TEST_CASE("a message whose code is gone expires unsent") {
  plan p;
  p.wanted = still_wanted::gone;
  CHECK(p.ends() == finish{final_state::expired, finish_reason::not_wanted});
}

TEST_CASE("while the code cache is away the message waits and no attempt is counted") {
  plan p;
  p.wanted = still_wanted::unknown;
  CHECK(p.waits() == wait_until{wall_start + 1s, wait_reason::cache_unreachable});
  CHECK(p.progress == delivery_progress{});
  p.wanted = still_wanted::wanted;
  p.now = wall_start + 1s;
  CHECK(p.sent_to() == "a");
}

TEST_CASE("a throttled message goes to another provider at once and is no counted try") {
  plan p;
  p.rules.max_total_tries = 1;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(outcome_class::throttled, "a", 30s) == "b");
  CHECK(p.progress.total_tries == 0);
}

TEST_CASE("a provider that cannot take this number is asked no more, and no try counts") {
  plan p;
  p.rules.max_total_tries = 3;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(outcome_class::not_here, "a") == "b");
  CHECK(p.sent_to(provider_down, "b") == "c");
  p.now = p.waits(provider_down, "c").time;
  CHECK(p.sent_to() == "b");
  CHECK(p.progress.total_tries == 2);
  CHECK(p.progress.is_not_for("a"));
}

TEST_CASE("only when every provider has said that it cannot take it a message is dead") {
  plan p;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(outcome_class::not_here, "a") == "b");
  CHECK(p.sent_to(outcome_class::not_here, "b") == "c");
  p.now = p.waits(provider_down, "c").time;
  CHECK(p.sent_to() == "c");
  CHECK(p.ends(outcome_class::not_here, "c")
        == finish{final_state::dead, finish_reason::unreachable});
}

TEST_CASE("a limit of the number moves the message on and is no counted try") {
  plan p;
  p.rules.max_total_tries = 1;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(outcome_class::number_limited, "a", 30s) == "b");
  CHECK(p.sent_to(outcome_class::number_limited, "b") == "c");
  CHECK(p.progress.total_tries == 0);
  p.now = p.waits(outcome_class::number_limited, "c").time;
  CHECK(p.sent_to() == "b");
}

TEST_CASE(
    "a provider that could not send to the region lately is used when no other is left") {
  plan p;
  p.providers[0].comes_last = true;
  CHECK(p.sent_to() == "b");
  CHECK(p.sent_to(provider_down, "b") == "c");
  CHECK(p.sent_to(provider_down, "c") == "a");
  plan alone;
  alone.providers = {{"a", wall_start, true, true}};
  CHECK(alone.sent_to() == "a");
}

TEST_CASE("Retry-After holds back its provider over the rounds, and no other") {
  plan p;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(outcome_class::throttled, "a", 30s) == "b");
  CHECK(p.sent_to(provider_down, "b") == "c");
  p.now = p.waits(provider_down, "c").time;
  CHECK(p.sent_to() == "b");
  CHECK(p.sent_to(provider_down, "b") == "c");
  p.now = wall_start + 30s - 1ms;
  p.waits(provider_down, "c");
  p.now = wall_start + 33s + 1ms; // Up to 10 % more than asked.
  CHECK(p.sent_to() == "a");
}

TEST_CASE(
    "one provider alone is tried again after its Retry-After, not after the backoff") {
  plan p;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  p.waits(outcome_class::throttled, "a", 30s);
  CHECK(p.sent_later() == "a");
  CHECK(p.now >= wall_start + 30s);
  CHECK(p.now <= wall_start + 33s + 2s); // It looks every two seconds.
}

TEST_CASE("a pause that was lifted holds no message back that met it before") {
  plan p;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  p.waits(outcome_class::throttled, "a", 3600s); // Longer than its code lives.
  p.lift_a_second_later();
  CHECK(p.sent_later() == "a");
  CHECK(p.now <= wall_start + 4s);
  p.now += 1ms;                                // That try has taken its time.
  p.waits(outcome_class::throttled, "a", 30s); // The next pause counts again.
  CHECK(p.sent_later() == "a");
  CHECK(p.now >= wall_start + 31s);
}

TEST_CASE("a pause that was lifted before its message came to it holds it back no more") {
  plan p;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  p.outcome_at = p.now;
  SUBCASE("in the same moment") {
    p.providers[0].lifted_at = p.now;
  }
  SUBCASE("while the cache was asked") {
    p.lift_a_second_later();
    p.now += 1s;
  }
  CHECK(p.sent_to(outcome_class::throttled, "a", 3600s).empty());
  CHECK(p.sent_later() == "a");
  CHECK(p.now <= wall_start + 5s);
}

TEST_CASE("nobody lifts what a provider has refused for the number") {
  plan p;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  p.waits(outcome_class::number_limited, "a", 30s);
  p.lift_a_second_later();
  CHECK(p.sent_later() == "a");
  CHECK(p.now >= wall_start + 30s);
}

TEST_CASE("a Retry-After for the number beyond expiry ends the message") {
  plan p;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  CHECK(p.ends(outcome_class::number_limited, "a", 600s)
        == finish{final_state::expired, finish_reason::no_time_left});
}

TEST_CASE("when the next round lies after expiry the untried provider is tried now") {
  plan p;
  p.expires_at = wall_start + 100ms;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(provider_down, "a") == "b");
  CHECK(p.sent_to(provider_down, "b") == "c");
  CHECK(p.ends(provider_down, "c")
        == finish{final_state::expired, finish_reason::no_time_left});
}

TEST_CASE("a provider that does not admit is passed over and no attempt is counted") {
  plan p;
  p.providers[0].admits_from = wall_start + 10s;
  p.providers[1].admits_from.reset();
  CHECK(p.sent_to() == "c");
}

TEST_CASE("when none admits the message waits for the first that will") {
  plan p;
  p.providers = {{"a", wall_start + 2s}, {"b", wall_start + 1s}};
  CHECK(p.waits() == wait_until{wall_start + 1s, wait_reason::no_provider});
  CHECK(p.progress == delivery_progress{});
  p.now = p.run_at = wall_start + 1s;
  CHECK(p.sent_to() == "b");
}

TEST_CASE(
    "without any provider, or any that says when, the message is decided anew later") {
  plan p;
  p.providers.resize(1);
  p.providers[0].admits_from.reset();
  CHECK(p.waits() == wait_until{wall_start + 1s, wait_reason::no_provider});
  p.providers.clear();
  CHECK(p.waits() == wait_until{wall_start + 1s, wait_reason::no_provider});
}

TEST_CASE("a provider that admits only after expiry is waited for: it may open earlier") {
  plan p;
  p.providers = {{"a", wall_start + 3600s}};
  CHECK(p.waits() == wait_until{wall_start + 2s, wait_reason::no_provider});
}

TEST_CASE(
    "an untried provider that admits before the backoff ends belongs to the round") {
  plan p;
  p.providers = {{"a", wall_start}, {"b", wall_start + 100ms}};
  CHECK(p.sent_to() == "a");
  CHECK(p.waits(provider_down, "a")
        == wait_until{wall_start + 100ms, wait_reason::no_provider});
  p.now = p.run_at = wall_start + 100ms;
  CHECK(p.sent_to() == "b");
  CHECK(p.progress.round == 0);
}

TEST_CASE("a provider that admits ever later does not postpone the next round") {
  plan p;
  p.providers = {{"a", wall_start}, {"b", wall_start + 100ms}};
  CHECK(p.sent_to() == "a");
  p.waits(provider_down, "a");
  std::string next;
  for (int i = 1; i < 20 && next.empty(); ++i) {
    p.now = wall_start + i * 100ms;
    p.run_at = p.now;
    p.providers[1].admits_from = p.now + 100ms;
    next = p.sent_to();
  }
  CHECK(next == "a");
  CHECK(p.now <= wall_start + 900ms);
}

TEST_CASE("the backoff counts from the last failure of its round") {
  plan p;
  p.providers = {{"a", wall_start}, {"b", wall_start + 100ms}};
  CHECK(p.sent_to() == "a");
  p.waits(provider_down, "a");
  p.now = p.run_at = wall_start + 100ms;
  CHECK(p.sent_to() == "b");
  p.now = wall_start + 5s;
  CHECK(p.waits(provider_down, "b").time >= wall_start + 5s + 250ms);
}

TEST_CASE("where another copy is forbidden an ambiguous result waits for a receipt") {
  plan p;
  p.rules.ambiguous_goes_on = false;
  CHECK(p.sent_to() == "a");
  CHECK(p.waits(outcome_class::ambiguous, "a")
        == wait_until{p.expires_at, wait_reason::awaits_receipt});
  p.now = wall_start + 300s;
  CHECK(p.sent_to() == "");
  p.now = p.expires_at;
  CHECK(p.ends().state == final_state::expired);
}

TEST_CASE("with max_total_tries a message dies after as many tries") {
  plan p;
  p.rules.max_total_tries = 2;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to(provider_down, "a") == "b");
  CHECK(p.ends(provider_down, "b")
        == finish{final_state::dead, finish_reason::tries_used_up});
}

TEST_CASE("without any backoff the next round still lies ahead: no busy loop") {
  plan p;
  p.rules.backoff.base = 0ms;
  p.providers.resize(1);
  CHECK(p.sent_to() == "a");
  CHECK(p.waits(provider_down, "a").time == wall_start + 1ms);
}

TEST_CASE("a try whose outcome was never told counts for its round") {
  plan p;
  CHECK(p.sent_to() == "a");
  CHECK(p.sent_to() == "b");
}

TEST_CASE("an outcome whose try is not in the progress counts for its round too") {
  plan p;
  CHECK(p.sent_to(provider_down, "a") == "b");
}

TEST_CASE("a failure goes on at once, whatever the time of the message was") {
  plan p;
  CHECK(p.sent_to() == "a");
  p.run_at = wall_start + 5s;
  CHECK(p.sent_to(provider_down, "a") == "b");
}

TEST_CASE("a message whose progress was lost in a crash goes on") {
  plan p;
  CHECK(p.sent_to() == "a");
  p.progress = {};
  CHECK(p.sent_to() == "a");
}

} // namespace tinybook
