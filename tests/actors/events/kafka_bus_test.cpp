#include "actors/events/heartbeat.hpp"
#include "tests/actors/events/kafka_world.hpp"

namespace tinybook::test {

using std::chrono::steady_clock;

namespace {

constexpr wall_time heartbeat_time{std::chrono::hours{24 * 365 * 55}};

bus_message heartbeat() {
  return {"", encode_heartbeat(heartbeat_time)};
}

std::chrono::milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now()
                                                               - begin);
}

} // namespace

TEST_CASE("a batch is answered when all of it is on the broker, heartbeats last") {
  kafka_world w{shared_broker(), 3};
  w.start_bus();
  std::vector<bus_message> batch;
  for (int i = 1; i <= 20; ++i)
    batch.push_back(message_of(event_of(i, 1, i)));
  batch.push_back(heartbeat());
  REQUIRE(w.publish_at_last(batch));
  CHECK(w.gauge_of(w.bus(), "published") == 23);
  CHECK(w.gauge_of(w.bus(), "in_flight") == 0);
  CHECK(w.fact_of(w.bus(), "connected") == "yes");
  CHECK_FALSE(w.bus_meter()->health.has("kafka"));

  auto from = consumer_on(w.broker, w.topic, "one", 3);
  REQUIRE(from->join(20s).ok());
  std::map<std::int32_t, std::string> last_keys;
  for (auto& record : read_records(*from, 23))
    last_keys[record.partition] = record.key;
  CHECK(last_keys == std::map<std::int32_t, std::string>{{0, ""}, {1, ""}, {2, ""}});
}

TEST_CASE("without a broker the bus refuses at once, and works soon after there is one") {
  kafka_server broker{{.started = false}};
  kafka_world w{broker};
  w.start_bus();
  auto begin = steady_clock::now();
  auto refused = w.publish({message_of(event_of(1, 1, 1))});
  CHECK(refused.error().code == errc::unavailable);
  CHECK(since(begin) < 4s);
  CHECK(w.bus_meter()->health.has("kafka"));
  broker.start();
  begin = steady_clock::now();
  CHECK(w.publish_at_last({message_of(event_of(1, 1, 1))}));
  MESSAGE("healed after " << since(begin).count() << " ms");
  CHECK_FALSE(w.bus_meter()->health.has("kafka"));
}

TEST_CASE("what the bus acknowledged is there after the broker was stopped and killed") {
  kafka_server broker;
  kafka_world w{broker};
  w.start_bus();
  REQUIRE(w.publish_at_last({message_of(event_of(1, 1, 1))}));
  broker.stop();
  CHECK_FALSE(w.publish({message_of(event_of(2, 1, 1))}).ok());
  broker.start();
  auto begin = steady_clock::now();
  REQUIRE(w.publish_at_last({message_of(event_of(2, 1, 1))}));
  MESSAGE("healed after " << since(begin).count() << " ms");
  broker.kill_hard();
  CHECK_FALSE(w.publish({message_of(event_of(3, 1, 1))}).ok());
  broker.start();
  begin = steady_clock::now();
  REQUIRE(w.publish_at_last({message_of(event_of(3, 1, 1))}));
  MESSAGE("healed after " << since(begin).count() << " ms");
  w.start_source();
  CHECK(within(30s, [&] { return w.world->rows().size() == 3; }));
}

TEST_CASE("a frozen broker fails a batch in time, then refuses at once, then heals") {
  kafka_server broker;
  kafka_world w{broker};
  w.start_bus();
  REQUIRE(w.publish_at_last({message_of(event_of(1, 1, 1))}));
  broker.freeze();
  auto begin = steady_clock::now();
  CHECK(w.publish({message_of(event_of(2, 1, 1))}).error().code == errc::unavailable);
  CHECK(since(begin) < 6s);
  begin = steady_clock::now();
  CHECK_FALSE(w.publish({message_of(event_of(2, 1, 1))}).ok());
  CHECK(since(begin) < 4s);
  broker.thaw();
  begin = steady_clock::now();
  CHECK(w.publish_at_last({message_of(event_of(2, 1, 1))}));
  MESSAGE("healed after " << since(begin).count() << " ms");
}

TEST_CASE("a topic that may not be made is named in the status and tried again") {
  kafka_server broker{{.settings = kafka_server::with_access_control()}};
  broker.forbid_new_topics();
  kafka_world w{broker};
  w.start_bus();
  CHECK(within(20s, [&] {
    return w.fact_of(w.bus(), "last_failure").find("authorization") != std::string::npos;
  }));
  CHECK(w.fact_of(w.bus(), "last_failure").find(w.topic) != std::string::npos);
  CHECK(w.bus_meter()->health.has("kafka"));
}

} // namespace tinybook::test
