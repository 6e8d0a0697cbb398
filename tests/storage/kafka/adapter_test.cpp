#include "tests/storage/kafka/broker_fixture.hpp"

namespace tinybook::test {

using storage::kafka::offsets;

TEST_CASE("a message is reported delivered and read with its key and partition") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "delivered");
  REQUIRE(to->prepare(20s).value() == 2);
  CHECK(send_and_await(*to, 1, "k", "v").ok());
  auto from = consumer_on(broker, "delivered");
  REQUIRE(from->join(20s).value() == 2);
  auto got = read_records(*from, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].partition == 1);
  CHECK(got[0].offset == 0);
  CHECK(got[0].key == "k");
  CHECK(got[0].payload == "v");
  CHECK_FALSE(from->take_offset_reset());
}

TEST_CASE("a key always goes to one partition, and keys go to all of them") {
  auto to = producer_on(shared_broker(), "keys", 4);
  REQUIRE(to->prepare(20s).value() == 4);
  std::vector<int> hits(4);
  for (int i = 0; i < 400; ++i) {
    auto key = "article:" + std::to_string(i);
    auto partition = to->partition_of(key);
    CHECK(partition == to->partition_of(key));
    ++hits.at(static_cast<std::size_t>(partition));
  }
  for (int n : hits)
    CHECK(n > 50);
}

TEST_CASE("what was not acknowledged is read again, what was is not") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "again", 1);
  REQUIRE(to->prepare(20s).ok());
  for (const auto* text : {"a", "b", "c"})
    REQUIRE(send_and_await(*to, 0, "k", text).ok());
  {
    auto from = consumer_on(broker, "again", "one", 1);
    REQUIRE(from->join(20s).ok());
    REQUIRE(read_records(*from, 3).size() == 3);
    from->acknowledge(from->generation(), {{0, 1}});
    CHECK(from->assignment().at(0).lag() == 2);
  }
  auto from = consumer_on(broker, "again", "one", 1);
  REQUIRE(from->join(20s).ok());
  auto got = read_records(*from, 2);
  REQUIRE(got.size() == 2);
  CHECK(got[0].payload == "b");
  CHECK(got[1].payload == "c");
}

TEST_CASE("an acknowledgement of an earlier generation counts for nothing") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "old", 1);
  REQUIRE(to->prepare(20s).ok());
  REQUIRE(send_and_await(*to, 0, "k", "a").ok());
  {
    auto from = consumer_on(broker, "old", "one", 1);
    REQUIRE(from->join(20s).ok());
    REQUIRE(read_records(*from, 1).size() == 1);
    from->acknowledge(from->generation() - 1, {{0, 1}});
  }
  auto from = consumer_on(broker, "old", "one", 1);
  REQUIRE(from->join(20s).ok());
  CHECK(read_records(*from, 1).size() == 1);
}

TEST_CASE("records removed by retention are noticed, and reading goes on after them") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "dropped", 2);
  REQUIRE(to->prepare(20s).ok());
  for (int i = 0; i < 10; ++i)
    REQUIRE(send_and_await(*to, i % 2, "k", std::to_string(i)).ok());
  {
    auto from = consumer_on(broker, "dropped");
    REQUIRE(from->join(20s).ok());
    REQUIRE(read_records(*from, 10).size() == 10);
    from->acknowledge(from->generation(), {{0, 2}, {1, 5}});
    CHECK_FALSE(from->take_offset_reset());
  }
  broker.drop_records("dropped", 0, 4);
  auto from = consumer_on(broker, "dropped");
  REQUIRE(from->join(20s).ok());
  auto got = read_records(*from, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].payload == "8");
  CHECK(from->take_offset_reset());
  CHECK_FALSE(from->take_offset_reset());
}

TEST_CASE("a recreated topic is noticed and read from its beginning") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "anew", 1);
  REQUIRE(to->prepare(20s).ok());
  for (int i = 0; i < 5; ++i)
    REQUIRE(send_and_await(*to, 0, "k", "old").ok());
  auto from = consumer_on(broker, "anew", "one", 1);
  REQUIRE(from->join(20s).ok());
  REQUIRE(read_records(*from, 5).size() == 5);
  from->acknowledge(from->generation(), {{0, 5}});
  broker.delete_topic("anew");
  REQUIRE(to->prepare(20s).ok());
  REQUIRE(send_and_await(*to, 0, "k", "new").ok());
  auto got = read_records(*from, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].payload == "new");
  CHECK(got[0].offset == 0);
  CHECK(from->take_offset_reset());
}

TEST_CASE("while paused nothing is given, and nothing is left out afterwards") {
  auto& broker = shared_broker();
  auto to = producer_on(broker, "paused", 1);
  REQUIRE(to->prepare(20s).ok());
  auto from = consumer_on(broker, "paused", "one", 1);
  REQUIRE(from->join(20s).ok());
  REQUIRE(send_and_await(*to, 0, "k", "0").ok());
  REQUIRE(read_records(*from, 1).size() == 1);
  from->pause();
  for (int i = 1; i < 20; ++i)
    REQUIRE(send_and_await(*to, 0, "k", std::to_string(i)).ok());
  CHECK(read_records(*from, 1, 300ms).empty());
  from->resume();
  auto got = read_records(*from, 19);
  REQUIRE(got.size() == 19);
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(got[i].payload == std::to_string(i + 1));
}

TEST_CASE("a second process of the same instance name ends the first with a clear text") {
  auto& broker = shared_broker();
  auto first = consumer_on(broker, "twice", "same");
  REQUIRE(first->join(20s).ok());
  REQUIRE(within(20s, [&] {
    static_cast<void>(first->poll(50ms));
    return !first->assignment().empty();
  }));
  auto second = consumer_on(broker, "twice", "same");
  REQUIRE(second->join(20s).ok());
  CHECK(within(20s, [&] {
    static_cast<void>(second->poll(20ms));
    static_cast<void>(first->poll(20ms));
    return first->fatal().has_value();
  }));
  CHECK(first->fatal()->detail.find("replica.name") != std::string::npos);
}

TEST_CASE("a topic that cannot be made is told with its name and the reason") {
  auto settings = topic_on(shared_broker(), "too-many-copies", 1);
  settings.replication = 3;
  auto made = storage::kafka::producer::make(settings);
  REQUIRE(made.ok());
  auto prepared = (*made)->prepare(3s);
  REQUIRE_FALSE(prepared.ok());
  CHECK(prepared.error().code == errc::unavailable);
  CHECK(prepared.error().detail.find("too-many-copies") != std::string::npos);
  CHECK(prepared.error().detail.find("eplication") != std::string::npos);
}

TEST_CASE("a user who may not make topics is told so, but may use an existing one") {
  kafka_server broker{{.settings = kafka_server::with_access_control()}};
  REQUIRE(producer_on(broker, "there")->prepare(20s).ok());
  broker.forbid_new_topics();
  auto missing = producer_on(broker, "missing")->prepare(3s);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().detail.find("authorization") != std::string::npos);
  CHECK(producer_on(broker, "there")->prepare(20s).ok());
}

TEST_CASE("an absent broker is reported within the bound") {
  kafka_server broker{{.started = false}};
  auto to = producer_on(broker, "absent");
  auto begin = std::chrono::steady_clock::now();
  auto prepared = to->prepare(500ms);
  CHECK_FALSE(prepared.ok());
  CHECK(prepared.error().code == errc::unavailable);
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("what the cluster refuses of a member is told") {
  auto settings = topic_on(shared_broker(), "short-session", 1);
  settings.session_timeout = 50ms;
  auto made = storage::kafka::consumer::make(settings, "one");
  REQUIRE_MESSAGE(made, made.error().detail);
  REQUIRE((*made)->join(20s).ok());
  std::optional<failure> told;
  CHECK(within(20s, [&] {
    static_cast<void>((*made)->poll(50ms));
    told = (*made)->trouble();
    return told.has_value();
  }));
  CHECK(told.value_or(failure{}).detail.find("session timeout") != std::string::npos);
}

} // namespace tinybook::test
