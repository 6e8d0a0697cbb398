#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

struct rd_kafka_s;

namespace tinybook::storage::kafka {

/// Makes the topic of the settings where it is missing and waits until every partition
/// has a leader. An existing one is left as it is. Gives the number of its partitions.
/// Fails with `unavailable`: no broker answers in `bound`, or the topic is missing and
/// may not or cannot be made (more copies than brokers), as the text says.
[[nodiscard]] result<std::int32_t> prepare_topic(rd_kafka_s* client,
                                                 const config::kafka_settings& settings,
                                                 std::chrono::milliseconds bound);

/// How many partitions the topic has now. Fails with `unavailable`, also where it is
/// missing or one has no leader.
[[nodiscard]] result<std::int32_t> count_partitions(rd_kafka_s* client,
                                                    const std::string& topic,
                                                    std::chrono::milliseconds bound);

/// Removes every record of the topic, which is made where it is missing. Consumers go on
/// behind what was removed. Fails with `unavailable`: no broker answers in `bound`, or it
/// may not be done, as the text says.
[[nodiscard]] result<done> remove_records(const config::kafka_settings& settings,
                                          std::chrono::milliseconds bound);

} // namespace tinybook::storage::kafka
