#include "actors/events/heartbeat.hpp"
#include "tests/actors/events/kafka_world.hpp"

#include <algorithm>
#include <random>

namespace tinybook::test {

using manner = board_world::manner;

namespace {

/// Articles 1 … `count`, each with the likes that its number says.
std::vector<bus_message> articles(std::int64_t count, std::int64_t from = 1) {
  std::vector<bus_message> out;
  for (auto id = from; id <= count; ++id)
    out.push_back(message_of(event_of(id, 1, id)));
  return out;
}

bool shows(kafka_world& w, std::size_t rows, std::chrono::milliseconds bound = 30s) {
  return within(bound, [&] { return w.world->rows().size() == rows; });
}

/// The least lag of the group's members, once nothing is left.
bool drained(kafka_world& w, const std::string& instance = "one") {
  return within(30s, [&] {
    auto source = w.source(instance);
    return w.gauge_of(source, "lag") == 0 && !w.fact_of(source, "assigned").empty();
  });
}

} // namespace

TEST_CASE("events and each partition's marks reach the board, and the lag is reported") {
  kafka_world w{shared_broker(), 3};
  w.start_bus();
  w.start_source();
  auto batch = articles(50);
  constexpr wall_time time{std::chrono::hours{24 * 365 * 55}};
  batch.push_back({"", encode_heartbeat(time)});
  REQUIRE(w.publish_at_last(batch));
  CHECK(shows(w, 50));
  CHECK(within(10s, [&] { return w.world->marks().size() == 3; }));
  for (const auto& [partition, until] : w.world->marks())
    CHECK(until == time);
  CHECK(w.world->partitions == 3);
  CHECK(drained(w));
  CHECK(w.fact_of(w.source(), "assigned") == "0,1,2");
  CHECK_FALSE(w.source_meter()->health.has("kafka"));
  CHECK(w.world->rebuilds_asked() == 0);
}

TEST_CASE("while the board fails no event is skipped") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.source_config.kafka.batch = 4;
  w.source_config.pause_after = 200ms;
  w.world->behave(manner::fails);
  w.start_source();
  REQUIRE(w.publish_at_last(articles(60)));
  CHECK(within(20s, [&] {
    return w.gauge_of(w.source(), "failures") >= 5
           && w.fact_of(w.source(), "held_back") == "yes";
  }));
  CHECK(w.world->rows().empty());
  w.world->behave(manner::acks);
  CHECK(shows(w, 60));
  CHECK(w.world->applied_events() == 60);
}

TEST_CASE("a consumer that is killed between apply and ack changes nothing") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.start_source();
  REQUIRE(w.publish_at_last(articles(30)));
  REQUIRE(shows(w, 30));
  REQUIRE(drained(w));
  w.world->behave(manner::keeps_silent);
  REQUIRE(w.publish_at_last({message_of(event_of(1, 2, 100))}));
  REQUIRE(within(20s, [&] { return w.world->applied_events() == 31; }));
  auto before = w.world->rows();
  w.kill_source();
  w.world->behave(manner::acks);
  w.start_source();
  CHECK(within(30s, [&] { return w.world->applied_events() > 31; }));
  CHECK(drained(w));
  CHECK(w.world->rows() == before);
}

TEST_CASE("after an orderly stop nothing is read again") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.start_source();
  REQUIRE(w.publish_at_last(articles(30)));
  REQUIRE(shows(w, 30));
  REQUIRE(drained(w));
  w.stop_source();
  w.start_source();
  REQUIRE(w.publish_at_last({message_of(event_of(31, 1, 1))}));
  CHECK(shows(w, 31));
  CHECK(w.world->applied_events() == 31);
}

TEST_CASE("a topic that is read again from its beginning changes nothing") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.start_source();
  auto events = articles(40);
  for (std::int64_t id = 1; id <= 40; id += 3)
    events.push_back(message_of(event_of(id, 2, id * 7)));
  REQUIRE(w.publish_at_last(events));
  REQUIRE(within(30s, [&] { return w.world->applied_events() == events.size(); }));
  auto before = w.world->rows();
  w.start_source("two", "another-group");
  CHECK(within(30s, [&] { return w.world->applied_events() == 2 * events.size(); }));
  CHECK(w.world->rows() == before);
}

TEST_CASE("repeated and reordered events give the board of the newest versions") {
  kafka_world w{shared_broker()};
  std::mt19937 random{7};
  std::map<std::int64_t, std::int64_t> likes; // The naive model: the newest version.
  std::vector<bus_message> events;
  for (std::int64_t ver = 1; ver <= 10; ++ver)
    for (std::int64_t id = 1; id <= 40; ++id) {
      likes[id] = 1 + static_cast<std::int64_t>(random() % 1000);
      auto copies = 1 + random() % 3;
      for (unsigned n = 0; n < copies; ++n)
        events.push_back(message_of(event_of(id, ver, likes[id])));
    }
  std::shuffle(events.begin(), events.end(), random);
  auto to = producer_on(w.broker, w.topic);
  REQUIRE(to->prepare(20s).ok());
  for (const auto& m : events) // Without the bus, so that the partition is any.
    REQUIRE(to->send(static_cast<std::int32_t>(random() % 2), m.key, m.payload, 1).ok());
  w.start_source();
  REQUIRE(within(30s, [&] {
    static_cast<void>(to->poll(0ms));
    return w.world->applied_events() == events.size();
  }));
  std::vector<std::pair<std::int64_t, std::int64_t>> wanted;
  for (auto [id, count] : likes)
    wanted.emplace_back(-count, -id);
  std::sort(wanted.begin(), wanted.end());
  std::vector<std::pair<std::int64_t, std::int64_t>> shown;
  for (const auto& row : w.world->rows())
    shown.emplace_back(-row.like_cnt, -row.id);
  CHECK(shown == wanted);
}

TEST_CASE(
    "poison messages change no board, are counted and shown, and do not stop the feed") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.start_source();
  REQUIRE(w.publish_at_last(articles(10)));
  REQUIRE(shows(w, 10));
  auto before = w.world->rows();
  auto good = encode_event(event_of(1, 9, 500));
  auto of_next_format = good;
  of_next_format.replace(of_next_format.find("\"format\":1"), 10, "\"format\":2");
  auto of_another_kind = event_of(1, 9, 500);
  of_another_kind.biz = "video";
  auto too_long = event_of(1, 9, 500);
  too_long.title = std::string(100'000, 'x');
  const std::vector<std::pair<std::string, std::string>> poison{
      {"article:1", "not json"},
      {"article:1", "{\"half\":"},
      {"article:1", ""}, // A compacted topic's tombstone.
      {"article:1", "[]"},
      {"article:1", "{}"},
      {"article:2", good}, // Under another key.
      {"", good},
      {"", "{\"biz\":\"heartbeat\",\"complete_until\":\"soon\"}"},
      {"article:1", of_next_format},
      {key_of(of_another_kind), encode_event(of_another_kind)},
      {"article:1", encode_event(too_long)},
      {"article:1", std::string{"\xff\xfe\x00", 3}},
  };
  auto to = producer_on(w.broker, w.topic);
  REQUIRE(to->prepare(20s).ok());
  for (const auto& [key, payload] : poison)
    REQUIRE(send_and_await(*to, 0, key, payload).ok());
  CHECK(within(20s, [&] {
    return w.gauge_of(w.feed(), "poison") == static_cast<double>(poison.size());
  }));
  CHECK(w.fact_of(w.feed(), "last_poison").find("partition 0") != std::string::npos);
  CHECK(w.world->rows() == before);
  REQUIRE(w.publish_at_last(articles(11)));
  CHECK(shows(w, 11));
  CHECK(drained(w));
}

TEST_CASE("when a member of the group dies another takes over its partitions") {
  kafka_world w{shared_broker(), 4};
  w.start_bus();
  w.start_source("one");
  w.start_source("two");
  REQUIRE(within(30s, [&] {
    return w.fact_of(w.source("one"), "assigned").size() == 3
           && w.fact_of(w.source("two"), "assigned").size() == 3;
  }));
  w.kill_source("one");
  REQUIRE(w.publish_at_last(articles(60)));
  CHECK(shows(w, 60));
  CHECK(w.fact_of(w.source("two"), "assigned") == "0,1,2,3");
}

TEST_CASE("after its topic was recreated the source asks for a rebuild and reads on") {
  kafka_world w{shared_broker()};
  w.start_bus();
  w.start_source();
  REQUIRE(w.publish_at_last(articles(20)));
  REQUIRE(shows(w, 20));
  REQUIRE(drained(w));
  w.broker.delete_topic(w.topic);
  REQUIRE(w.publish_at_last(articles(25, 21)));
  CHECK(shows(w, 25));
  CHECK(within(10s, [&] { return w.world->rebuilds_asked() >= 1; }));
}

TEST_CASE("two processes of one name: the first one ends, and says why") {
  kafka_world w{shared_broker()};
  w.start_bus();
  REQUIRE(w.publish_at_last(articles(1)));
  w.start_source("same");
  auto first = w.source("same");
  auto meter = w.source_meter("same");
  REQUIRE(shows(w, 1));
  w.start_source("same");
  CHECK(within(20s, [&] {
    return meter->health.last_error().text.find("replica.name") != std::string::npos;
  }));
}

} // namespace tinybook::test
