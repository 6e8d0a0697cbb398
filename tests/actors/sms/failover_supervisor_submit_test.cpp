#include "tests/actors/sms/delivery_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(delivery_fixture, "a message is accepted only when it is committed") {
  add_provider("one").hang();
  start_supervisor();
  store.fail_next<storage::submit_message>(1);
  const auto refused = submit();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(store.message(1).message.id == 0);

  const auto accepted = submit();
  REQUIRE(accepted);
  CHECK(store.message(accepted->id).message.phone == "+8613800138000");
}

TEST_CASE_FIXTURE(delivery_fixture, "an accepted message is sent with its text at once") {
  auto& one = add_provider("one");
  start_supervisor();
  const auto accepted = submit();
  REQUIRE(accepted);
  run();
  REQUIRE(one.calls.size() == 1);
  const auto& sent = one.calls[0].message;
  CHECK(sent.phone == "+8613800138000");
  CHECK(sent.purpose == "login");
  CHECK(sent.parameters.at("code") == "424242");
  CHECK_FALSE(sent.client_ref.empty());
  const auto stored = store.message(accepted->id);
  CHECK(stored.message.state == storage::message_state::delivered);
  CHECK(stored.message.provider == "one");
  CHECK(stored.message.provider_message_id == "theirs-1");
  CHECK(stored.message.attempt == 1);
  CHECK(tries() == std::vector<std::string>{"one delivered"});
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "the stored parameters are sealed, and erased after the delivery") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  const auto waiting = store.message(1).message;
  CHECK_FALSE(waiting.sealed_parameters.empty());
  CHECK(waiting.sealed_parameters.find("424242") == std::string::npos);
  CHECK(waiting.key_id == keys->current_id());
  one.release(outcome_class::delivered);
  run();
  CHECK(state() == storage::message_state::delivered);
  CHECK(store.message(1).message.sealed_parameters.empty());
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a second pending message is refused as a duplicate") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  const auto second = submit();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::sms_pending);
  CHECK(one.calls.size() == 1);
  one.release(outcome_class::delivered);
  run();
  CHECK(submit());
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "who makes messages is told that as many wait as may, and of the end") {
  options.max_backlog = 2;
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit("+8613800138001"));
  CHECK_FALSE(resender.outbox_is_full);
  REQUIRE(submit("+8613800138002"));
  CHECK(resender.outbox_is_full);
  one.release(outcome_class::delivered);
  run();
  CHECK_FALSE(resender.outbox_is_full);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "what a sender gives back unsent has used up no try and no provider") {
  auto narrow = default_admission();
  narrow.max_in_flight = 1;
  auto& one = add_provider("one", narrow);
  one.hang();
  start_supervisor();
  auto message = code_for("+8613800138000");
  message.row.expires_at = now() + 10min;
  REQUIRE(ask(writer.get(), submission_of(std::move(message), *keys, *random, now())));
  // Somebody takes the place that the supervisor was told of, while the row is claimed.
  outgoing_sms others;
  others.id = 99;
  others.phone = "+8613800138099";
  others.expires_at = now() + 10min;
  caf::scoped_actor other{sys};
  tell(supervisor_at, outbox_changed{1});
  other->send(caf::actor_cast<caf::actor>(sender_at.front().get()), send_sms{others});
  run();
  CHECK(gauge_of("not_admitted") == 1);
  REQUIRE(one.calls.size() == 1);
  const auto waiting = store.message(1).message;
  CHECK(waiting.state == storage::message_state::ready);
  CHECK(waiting.attempt == 0);
  CHECK(decode_progress(waiting.progress).tried.empty());
  one.always(outcome_class::delivered);
  one.release(outcome_class::delivered);
  advance(options.rules.recheck, 10ms);
  CHECK(tries() == std::vector<std::string>{"one delivered"});
}

/// One provider; codes are in the store, and are committed with their messages.
struct delivery_of_codes : delivery_fixture {
  delivery_of_codes() {
    options.codes_in_store = true;
    start_supervisor();
  }

  /// With its code, behind which so many newer ones were made.
  void submit_code(int newer = 0) {
    auto message = code_for("+8613800138000");
    auto& row = message.row;
    row.expires_at = now() + 10min;
    auto& stored = message.code_state_to_store.emplace();
    stored.key = {row.phone, row.purpose};
    stored.matters_until = row.expires_at;
    for (auto id = row.code; id <= row.code + newer; ++id) {
      auto& code = stored.state.codes.emplace_back();
      code.code_id = id;
      code.expires_at = row.expires_at;
    }
    REQUIRE(submit(std::move(message)));
  }

  scripted_provider_world& one = add_provider("one");
};

TEST_CASE_FIXTURE(
    delivery_of_codes,
    "with the codes in the store a claim tells who is wanted, and nobody is "
    "asked before a second try") {
  one.always(outcome_class::provider_down);
  submit_code();
  CHECK(one.calls.size() == 1);
  CHECK(store.count<storage::claim_messages>() >= 1);
  CHECK(judge.asked == 1); // After the failure, before the next decision.
  one.always(outcome_class::delivered);
  advance(10s, 10ms);
  CHECK(state() == storage::message_state::delivered);
}

TEST_CASE_FIXTURE(
    delivery_of_codes,
    "a message whose code was superseded is not sent, by the claim's word") {
  submit_code(2);
  CHECK(one.calls.empty());
  CHECK(judge.asked == 0);
  CHECK(state() == storage::message_state::expired);
}

TEST_CASE_FIXTURE(delivery_of_codes,
                  "from the commit to the provider a message needs three requests") {
  one.hang();
  store.commands.clear();
  submit_code();
  REQUIRE(one.calls.size() == 1);
  // The claim, the send, and the call of the worker.
  CHECK(store.count<storage::claim_messages>() == 1);
  CHECK(judge.asked == 0);
  int others = 0;
  for (const auto& [command, times] : store.commands)
    others += times;
  CHECK(others <= 3); // With the submission, and a look at what else is due.
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a row whose parameters do not open is dead, not sent, not stuck") {
  auto& one = add_provider("one");
  start_supervisor();
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  run();
  storage::submit_message altered;
  altered.message.phone = "+8613800138000";
  altered.message.purpose = "login";
  altered.message.sealed_parameters = "not what was sealed";
  altered.message.key_id = keys->current_id();
  altered.message.run_at = now();
  altered.message.expires_at = now() + 10min;
  REQUIRE(store.model.run(altered));
  start_supervisor();
  CHECK(state() == storage::message_state::dead);
  CHECK(one.calls.empty());
}

TEST_CASE_FIXTURE(delivery_fixture, "many messages go in claims of a batch each") {
  auto wide = default_admission();
  wide.max_in_flight = 64;
  wide.rate_per_second = 0;
  auto& one = add_provider("one", wide);
  start_supervisor();
  kill_supervisor();
  for (int i = 0; i < 200; ++i) {
    auto message = code_for("+86138001" + std::to_string(10'000 + i));
    message.row.expires_at = now() + 10min;
    REQUIRE(store.model.run(submission_of(std::move(message), *keys, *random, now())));
  }
  store.commands.clear();
  start_supervisor();
  CHECK(one.calls.size() == 200);
  CHECK(store.count<storage::finish_message>() == 200);
  // The places of the first ones come back one by one.
  CHECK(store.count<storage::claim_messages>() * options.claims.batch <= 300);
  CHECK(store.count<storage::record_attempt>() == 0);
  CHECK(store.count<storage::extend_leases>() == 0);
}

} // namespace tinybook::test
