#include "actors/wiring/kafka_configs.hpp"

#include "actors/events/kafka_bus.hpp"
#include "actors/events/kafka_source.hpp"

#include <cstdint>

namespace tinybook {

namespace {

storage::kafka::topic_options topic_from(const config::kafka_settings& k) {
  return {k.topic, static_cast<std::int32_t>(k.partitions),
          static_cast<std::int32_t>(k.replication)};
}

} // namespace

kafka_bus_config kafka_bus_from(const config::settings& s) {
  kafka_bus_config c;
  c.producer.brokers = s.kafka.brokers;
  c.producer.topic = topic_from(s.kafka);
  c.producer.delivery_timeout = s.kafka.delivery_timeout;
  return c;
}

kafka_source_config kafka_source_from(const config::settings& s,
                                      const std::string& replica) {
  kafka_source_config c;
  c.consumer.brokers = s.kafka.brokers;
  c.consumer.topic = topic_from(s.kafka);
  c.consumer.group = s.kafka.group;
  c.consumer.instance = replica;
  c.consumer.session_timeout = s.kafka.session_timeout;
  c.batch = s.kafka.batch;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

} // namespace tinybook
