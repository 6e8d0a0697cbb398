#pragma once

#include "storage/like_event.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::bench {

inline constexpr std::int32_t like_partitions = 4; ///< The product's default.

/// Likes as the product publishes them: each article in turn gets one more, today.
[[nodiscard]] std::vector<article_event> likes(std::int64_t count, std::int64_t articles,
                                               std::int32_t today);

/// Makes the topic and writes the events to it; returns when all are acknowledged.
/// Throws.
void publish(const std::vector<std::string>& brokers, const std::string& topic,
             const std::vector<article_event>& events);

/// The settings of a bare consumer.
struct bare_ingest {
  std::vector<std::string> brokers;
  std::string topic;
  std::string group;
  std::size_t batch = 500;         ///< Messages collected before they are applied.
  std::size_t script_events = 200; ///< Events in one run of the script.
  std::uint16_t redis_port = 0;
  std::string board; ///< The key of the boards in Redis, which stand at an epoch.
  std::int32_t today = 0;
};

/// Plain librdkafka and hiredis: polls, decodes and applies by the product's script until
/// `total` events are applied. The rate a second, from the end of the first batch on.
[[nodiscard]] double ingest_bare(const bare_ingest& how, std::int64_t total);

/// Sets the boards at that key to an empty epoch that is being served.
void begin_boards(std::uint16_t redis_port, const std::string& board);

} // namespace tinybook::bench
