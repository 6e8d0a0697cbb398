#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <map>
#include <string>

namespace tinybook::storage::kafka {

/// What a cluster and our topic in it tell to whoever only looks.
struct topic_facts {
  int brokers = 0;
  std::string version; ///< As a broker's configuration tells it; empty = it does not.
  bool there = false;  ///< Whether the topic is, and may be seen.
  int partitions = 0;
  int leaderless = 0;     ///< Partitions that nobody serves now.
  int copies = 0;         ///< Of the partition that has the fewest.
  int copies_in_sync = 0; ///< The same of those that are up to date.
  /// Its configuration by name, such as `cleanup.policy`; empty where it may not be seen.
  std::map<std::string, std::string> settings;
};

/// Asks the cluster, each step in `bound` at most. Makes no topic. Fails with
/// `unavailable` where no broker answers.
[[nodiscard]] result<topic_facts> look_at_topic(const config::kafka_settings& settings,
                                                std::chrono::milliseconds bound);

} // namespace tinybook::storage::kafka
