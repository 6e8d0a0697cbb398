#include "tests/actors/events/kafka_world.hpp"

namespace tinybook::test {

using std::chrono::steady_clock;

namespace {

/// One more article in each call, published until the bus takes it.
struct steady_load {
  explicit steady_load(kafka_world& world) : w(world) {}

  [[nodiscard]] bool add() {
    ++count;
    return w.publish_at_last({message_of(event_of(count, 1, count))});
  }
  [[nodiscard]] bool all_shown() {
    auto begin = steady_clock::now();
    auto shown = within(
        40s, [&] { return w.world->rows().size() == static_cast<std::size_t>(count); });
    MESSAGE("all shown after " << std::chrono::duration_cast<std::chrono::milliseconds>(
                                      steady_clock::now() - begin)
                                      .count()
                               << " ms");
    return shown;
  }

  kafka_world& w;
  std::int64_t count = 0;
};

} // namespace

TEST_CASE("events reach the board through a broker that stops, dies and freezes") {
  kafka_server broker;
  kafka_world w{broker};
  w.start_source(); // Before the bus: either makes the topic.
  w.start_bus();
  steady_load load{w};
  REQUIRE(load.add());
  REQUIRE(load.all_shown());

  broker.restart();
  REQUIRE(load.add());
  CHECK(load.all_shown());

  broker.kill_hard();
  CHECK(within(20s, [&] { return w.source_meter()->health.has("kafka"); }));
  broker.start();
  REQUIRE(load.add());
  CHECK(load.all_shown());
  CHECK(within(20s, [&] { return !w.source_meter()->health.has("kafka"); }));

  broker.freeze();
  // Longer than the session lasts: the group has given this member up.
  CHECK(within(20s, [&] { return w.source_meter()->health.has("kafka"); }));
  broker.thaw();
  REQUIRE(load.add());
  CHECK(load.all_shown());
  CHECK(w.world->rebuilds_asked() == 0);
}

} // namespace tinybook::test
