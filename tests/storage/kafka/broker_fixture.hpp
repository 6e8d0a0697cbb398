#pragma once

#include "config/loader.hpp"
#include "storage/kafka/consumer.hpp"
#include "storage/kafka/producer.hpp"
#include "tests/support/kafka_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

/// One broker for many cases, each with a topic and a group of its own.
inline kafka_server& shared_broker() {
  static kafka_server broker;
  return broker;
}

/// Tries again until `holds`; false where it does not in `bound`.
template <class Condition>
[[nodiscard]] bool within(std::chrono::milliseconds bound, Condition holds) {
  auto deadline = std::chrono::steady_clock::now() + bound;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    ::poll(nullptr, 0, 2); // No busy loop.
  }
  return true;
}

inline config::kafka_settings topic_on(const kafka_server& broker,
                                       const std::string& topic, std::size_t partitions) {
  auto settings = config::defaults().kafka;
  settings.brokers = broker.brokers();
  settings.topic = topic;
  settings.group = "group-" + topic;
  settings.partitions = partitions;
  return settings;
}

inline std::unique_ptr<storage::kafka::producer> producer_on(const kafka_server& broker,
                                                             const std::string& topic,
                                                             std::size_t partitions = 2) {
  auto made = storage::kafka::producer::make(topic_on(broker, topic, partitions));
  REQUIRE_MESSAGE(made, made.error().detail);
  return std::move(*made);
}

inline std::unique_ptr<storage::kafka::consumer>
consumer_on(const kafka_server& broker, const std::string& topic,
            const std::string& instance = "one", std::size_t partitions = 2) {
  auto made =
      storage::kafka::consumer::make(topic_on(broker, topic, partitions), instance);
  REQUIRE_MESSAGE(made, made.error().detail);
  return std::move(*made);
}

/// Sends and waits for the report.
inline result<done> send_and_await(storage::kafka::producer& to, std::int32_t partition,
                                   std::string_view key, std::string_view payload) {
  if (auto taken = to.send(partition, key, payload, 1); !taken)
    return taken;
  result<done> out = errc::internal;
  static_cast<void>(within(20s, [&] {
    for (auto& report : to.poll(50ms))
      out = report.outcome;
    return to.in_flight() == 0;
  }));
  return out;
}

/// Reads until `count` records came, or fewer after a time limit.
inline std::vector<storage::kafka::record>
read_records(storage::kafka::consumer& from, std::size_t count,
             std::chrono::milliseconds bound = 20s) {
  std::vector<storage::kafka::record> out;
  static_cast<void>(within(bound, [&] {
    if (auto record = from.poll(50ms))
      out.push_back(std::move(*record));
    return out.size() >= count;
  }));
  return out;
}

} // namespace tinybook::test
