#pragma once

#include "storage/support/calendar.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

enum class health_level : std::uint8_t {
  ok,
  degraded, ///< It does its work, but not as it should, or not for long.
  failing,  ///< It cannot do its work.
};

[[nodiscard]] std::string_view to_string(health_level level);

/// What is wrong with an actor for some time.
struct trouble {
  std::string
      name; ///< Anybody reads it in /readyz, such as "redis", "circuit.tencent-1".
  health_level level = health_level::degraded;
  std::string reason; ///< For operators. No code, no secret, no whole phone.
  wall_time since{};
};

/// How an actor does: the worst of its troubles, since when, and the reasons of all.
struct health {
  health_level level = health_level::ok;
  std::string reason;
  wall_time since{}; ///< The epoch where all is well.
};

struct noted_error {
  std::string text; ///< Empty = there was none.
  wall_time at{};
  std::optional<wall_time> ended; ///< Nothing = it may happen again at any moment.
};

/// The health of one actor, as it tells it itself. It stands in the actor's meter, where
/// the inspector and /readyz read it from other threads.
class health_record {
 public:
  /// Begins a trouble; one of that name that lasts keeps its `since`.
  void begins(std::string_view name, health_level level, std::string reason,
              wall_time now);
  void ends(std::string_view name);

  /// Something failed; `error_ends` when the same works again.
  void note_error(std::string text, wall_time now);
  void error_ends(wall_time now);

  /// A new incarnation has none of the old one's troubles.
  void start_anew(wall_time now);

  [[nodiscard]] std::vector<trouble> troubles() const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] health summary() const;
  [[nodiscard]] noted_error last_error() const;

 private:
  mutable std::mutex mutex_;
  std::vector<trouble> troubles_;
  noted_error last_error_;
};

} // namespace tinybook
