#include "storage/kafka/topic_facts.hpp"
#include "tests/storage/kafka/broker_fixture.hpp"

namespace tinybook::test {

TEST_CASE("a look at Kafka tells of the topic, and makes none") {
  auto& broker = shared_broker();
  const auto settings = topic_on(broker, "looked-at", 3);
  const auto look = [&] {
    auto looked = storage::kafka::look_at_topic(settings, 3s);
    REQUIRE_MESSAGE(looked.ok(), looked.error().detail);
    return std::move(*looked);
  };
  for (int i = 0; i < 2; ++i) {
    const auto before = look();
    CHECK(before.brokers == 1);
    CHECK_FALSE(before.there);
    CHECK_MESSAGE(before.version.starts_with("3."), before.version);
  }
  REQUIRE(producer_on(broker, "looked-at", 3)->prepare(10s).ok());
  const auto after = look();
  CHECK(after.there);
  CHECK(after.partitions == 3);
  CHECK(after.leaderless == 0);
  CHECK(after.copies == 1);
  CHECK(after.copies_in_sync == 1);
  CHECK(after.settings.at("cleanup.policy") == "delete");
  CHECK(after.settings.at("min.insync.replicas") == "1");
  CHECK(after.settings.contains("retention.ms"));
}

TEST_CASE("a look at a Kafka that is not there ends in time") {
  auto settings = config::defaults().kafka;
  settings.brokers = {"127.0.0.1:1"};
  const auto looked = storage::kafka::look_at_topic(settings, 300ms);
  REQUIRE_FALSE(looked.ok());
  CHECK(looked.error().code == errc::unavailable);
}

} // namespace tinybook::test
