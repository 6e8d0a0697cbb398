#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage::redis {

/// What a server tells about itself, as far as it matters here.
struct server_facts {
  std::string version;
  bool cluster = false;
  bool replica = false; ///< Of another server: it refuses what writes.
  std::int64_t used_bytes = 0;
  std::int64_t max_bytes = 0; ///< 0 = no limit.
  std::string policy;         ///< What it does at that limit.
  // Known to `look_at_server` alone.
  std::chrono::microseconds round_trip{0}; ///< Of the quickest script.
  /// Commands that scripts of ours call and this user may not; nothing where the server
  /// is too old to tell (before 7.0).
  std::optional<std::vector<std::string>> refused{};
};

/// From the answer to INFO; what is missing there keeps its default.
[[nodiscard]] server_facts read_info(std::string_view info);

/// Why tinybook refuses to work with such a server, if it does (`wrong_state`).
[[nodiscard]] std::optional<failure> unfit(const server_facts& server);

/// Connects, logs in and looks, each step in 2 seconds at most; the look-up of a name can
/// take longer. Changes no key. Fails as connecting does.
[[nodiscard]] result<server_facts> look_at_server(config::redis_settings settings);

} // namespace tinybook::storage::redis
