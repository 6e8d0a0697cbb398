#include "actors/codes/local_rate_limiter.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/prefetched_permits.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_store.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/actors/sms/told_places.hpp"
#include "tests/actors/support/named_address.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <array>

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE("a rate that replicas share is counted in whole batches, rounded down") {
  const auto p = shared_permits("one", 57, 1000, 5);
  REQUIRE(p.limits.size() == 2);
  CHECK(p.limits[0].limit.count == 11);
  CHECK(p.limits[1].limit.count == 200);
  CHECK(p.limits[0].key != p.limits[1].key);
  CHECK(p.fallback.count == 28);
  CHECK(shared_permits("one", 0, 0, 5).limits.empty());
  CHECK(shared_permits("one", 3, 0, 5).limits[0].limit.count == 1);
}

TEST_CASE("permits are used once, and gone when they were not used for long") {
  prefetched_permits stock{shared_permits("one", 50, 0, 5)};
  CHECK(stock.batches_needed(7, tick_start) == 2);
  stock.add_batch(tick_start);
  CHECK(stock.batches_needed(7, tick_start) == 1);
  CHECK(stock.take(7, tick_start) == 5);
  CHECK(stock.take(1, tick_start) == 0);
  stock.add_batch(tick_start);
  CHECK(stock.take(1, tick_start + 200ms) == 0);
}

TEST_CASE("whole batches that nobody used in time go back to the limiter") {
  prefetched_permits stock{shared_permits("one", 50, 0, 5)};
  stock.add_batch(tick_start);
  stock.add_batch(tick_start);
  stock.add_batch(tick_start + 100ms);
  CHECK(stock.left(tick_start + 100ms) == 15);
  CHECK(stock.take(1, tick_start) == 1);
  CHECK(stock.next_end() == tick_start + 200ms);
  CHECK(stock.unused_batches(tick_start + 199ms) == 0);
  CHECK(stock.unused_batches(tick_start + 200ms) == 1);
  CHECK(stock.left(tick_start + 200ms) == 5);
  CHECK(stock.unused_batches(tick_start + 300ms) == 1);
  CHECK(stock.unused_batches(tick_start + 300ms) == 0);
  CHECK_FALSE(stock.next_end());
}

TEST_CASE("without the limiter a replica allows itself half of the rate") {
  prefetched_permits stock{shared_permits("one", 50, 0, 5)};
  stock.limiter_failed(tick_start);
  CHECK(stock.batches_needed(10, tick_start) == 0);
  CHECK(stock.left(tick_start) == 25);
  CHECK(stock.take(100, tick_start) == 25);
  CHECK(stock.left(tick_start + 500ms) == 0);
  CHECK(stock.take(100, tick_start + 500ms) == 0);
  CHECK(stock.batches_needed(10, tick_start + 1s) == 2);
}

/// The senders of two replicas for one provider, and the limiter that they share.
struct rate_fixture : actor_fixture {
  rate_fixture() {
    using door = delivery_store;
    start<door::writer, scripted_store_state<door::writer, door::write_commands>>(writer,
                                                                                  &store);
    start<door::reader, scripted_store_state<door::reader, door::read_commands>>(reader,
                                                                                 &store);
    start<rate_limiter_actor, local_rate_limiter_state>(limiter,
                                                        local_rate_limiter_config{100});
    world.clock = clock();
    world.always(outcome_class::delivered);
    config.name = "one";
    config.admission.max_in_flight = 100;
    config.admission.rate_per_second = 20;
    config.permits = shared_permits("one", 20, 0, 4);
    for (std::size_t i = 0; i < senders.size(); ++i)
      senders.at(i) = start<sms_sender_actor, sms_sender_state>(
          "one", config, scripted_workers(&world),
          sms_sender_peers{named<error_rate_monitor_actor>("monitor"),
                           supervisors.at(i).at,
                           store_address<delivery_store>{writer, {reader}}, limiter},
          clock(), random);
  }
  ~rate_fixture() {
    limiter.clear();
    writer.clear();
    reader.clear();
    senders = {};
  }

  /// The places that replica `i` knows of once it has asked for so many.
  std::int64_t want(std::size_t i, std::int64_t wanted) {
    caf::anon_send(senders.at(i), want_places{wanted});
    run();
    return supervisors.at(i).free();
  }
  /// Sends through replica `i`; how many of `count` were not given back.
  int send(std::size_t i, int count) {
    int sent = 0;
    for (int n = 0; n < count; ++n) {
      send_sms command;
      command.message.client_ref = std::to_string(++messages);
      command.message.expires_at = now() + 10min;
      supervisors.at(i).sends();
      sent += ask(senders.at(i), command).ok() ? 1 : 0;
    }
    return sent;
  }

  scripted_provider_world world;
  scripted_store store;
  sms_sender_config config = test::default_sender();
  std::shared_ptr<seeded_random> random = std::make_shared<seeded_random>(3);
  address<delivery_store::writer> writer = named<delivery_store::writer>("writer");
  address<delivery_store::reader> reader = named<delivery_store::reader>("reader");
  address<rate_limiter_actor> limiter = named<rate_limiter_actor>("limiter");
  std::array<told_places, 2> supervisors{told_places{*this}, told_places{*this}};
  std::array<handle_of<sms_sender_actor>, 2> senders;
  int messages = 0;
};

TEST_CASE_FIXTURE(rate_fixture, "two replicas together keep to the rate of a provider") {
  CHECK(want(0, 14) == 16);
  CHECK(send(0, 16) == 16);
  CHECK(want(1, 14) == 4);
  CHECK(send(1, 5) == 4);
  CHECK(want(1, 14) == 0);
  CHECK(supervisors[1].last.retry_after > 0ms);
  CHECK(supervisors[1].last.why == refusal::busy);
  advance(1s);
  CHECK(want(1, 14) == 16);
}

TEST_CASE_FIXTURE(rate_fixture, "what one replica does not use another may") {
  for (int i = 0; i < 10; ++i) {
    CHECK(want(0, 20) == 20);
    advance(200ms);
    CHECK(supervisors[0].free() == 0);
  }
  CHECK(want(1, 20) == 20);
}

TEST_CASE_FIXTURE(rate_fixture, "with the limiter away each replica sends its half") {
  limiter.clear();
  CHECK(want(0, 20) == 10);
  CHECK(want(1, 20) == 10);
  CHECK(send(1, 11) == 10);
  CHECK(want(1, 20) == 0);
}

} // namespace tinybook::test
