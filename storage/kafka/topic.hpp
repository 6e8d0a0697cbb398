#pragma once

#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

struct rd_kafka_s;

namespace tinybook::storage::kafka {

struct topic_options {
  std::string name;
  std::int32_t partitions = 1;  ///< Of one that is made.
  std::int32_t replication = 1; ///< Of one that is made.
};

/// Makes the topic where it is missing and waits until every partition has a leader. An
/// existing one is left as it is. Gives the number of its partitions. Fails with
/// `unavailable`: no broker answers in `bound`, or the topic is missing and may not or
/// cannot be made (more copies than brokers), which the text tells.
[[nodiscard]] result<std::int32_t> prepare_topic(rd_kafka_s* client,
                                                 const topic_options& topic,
                                                 std::chrono::milliseconds bound);

/// How many partitions the topic has now. Fails with `unavailable`, also where it is
/// missing or one has no leader.
[[nodiscard]] result<std::int32_t> count_partitions(rd_kafka_s* client,
                                                    const std::string& topic,
                                                    std::chrono::milliseconds bound);

} // namespace tinybook::storage::kafka
