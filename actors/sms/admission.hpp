#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// The limits of one provider. All tunable but `max_in_flight`.
struct admission_rules {
  std::int64_t max_in_flight = 0;
  std::uint32_t rate_per_second = 0; ///< 0 = off.
  /// The pause after the provider refused for rate and named no Retry-After.
  std::chrono::milliseconds throttle_pause{std::chrono::seconds{1}};
  /// When to ask again while every place is taken.
  std::chrono::milliseconds recheck{500};
};

struct free_places {
  std::int64_t count = 0;
  std::chrono::milliseconds retry_after{0}; ///< With none: when to look again.
};

/// Whether a provider may be given another message now: places (calls at once), rate,
/// and the pause that the provider asked for. Its circuit decides separately, and
/// scales these limits while it ramps up. A message counts from the moment at which its
/// call begins. Time comes in as an argument. A crash forgets the window: at worst one
/// second's worth of messages too many.
class admission {
 public:
  explicit admission(admission_rules rules) : rules_(rules) {}

  /// How many messages may begin now.
  [[nodiscard]] free_places free(tick now);

  /// Takes a place and its share of the rate; false where there is none.
  [[nodiscard]] bool begin(tick now);

  /// The place that `begin` took is free again.
  void finish();

  /// The provider refused for rate: nothing is granted for `retry_after`.
  void throttled(std::chrono::milliseconds retry_after, tick now);
  /// Ends that pause.
  void resume() { paused_until_ = tick{}; }

  /// The share of places and of the rate that may be used from now on, in (0, 1]; at
  /// least one of each.
  void set_share(double share) { share_ = share; }

  [[nodiscard]] const admission_rules& rules() const { return rules_; }
  [[nodiscard]] std::int64_t in_flight() const { return in_flight_; }
  [[nodiscard]] std::int64_t tokens_left(tick now);
  [[nodiscard]] std::chrono::milliseconds paused_for(tick now) const;

 private:
  [[nodiscard]] rate_limit rate() const;
  [[nodiscard]] std::int64_t scaled(std::int64_t limit) const;

  admission_rules rules_;
  window_limiter window_{1};
  std::int64_t in_flight_ = 0;
  tick paused_until_{};
  double share_ = 1;
};

} // namespace tinybook
