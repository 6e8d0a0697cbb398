#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <deque>

namespace tinybook {

/// The limits of one provider. All tunable but `max_in_flight`.
struct admission_rules {
  std::int64_t max_in_flight = 0;
  std::uint32_t rate_per_second = 0; ///< 0 = off.
  /// A place that was reserved and neither used nor released is free again after this:
  /// whoever reserved it has crashed.
  std::chrono::milliseconds reservation{std::chrono::seconds{10}};
  /// The pause after the provider refused for rate and named no Retry-After.
  std::chrono::milliseconds throttle_pause{std::chrono::seconds{1}};
  /// When to ask again while every place is taken.
  std::chrono::milliseconds recheck{500};
};

struct admission_answer {
  std::int64_t granted = 0;
  std::chrono::milliseconds retry_after{0}; ///< With nothing granted.
};

/// Whether a provider may be given another message now: places (calls at once), rate,
/// and the pause that the provider asked for. Its circuit decides separately, and
/// scales these limits while it ramps up.
///
/// A place is reserved first and used later, so that messages are claimed only when they
/// can be sent; the rate counts at the reservation. Time comes in as an argument. A crash
/// forgets the window: at worst one second's worth of messages too many.
class admission {
 public:
  explicit admission(admission_rules rules) : rules_(rules) {}

  /// Grants min(`wanted`, free places, what the rate still allows).
  [[nodiscard]] admission_answer reserve(std::int64_t wanted, tick now);

  /// Releases reserved places and their share of the rate. Returns how many of them the
  /// rate still counted.
  std::int64_t release(std::int64_t count, tick now);

  /// Uses a reserved place, or a free one if the reservation ran out; false where there
  /// is none.
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
  [[nodiscard]] std::int64_t reserved(tick now);
  [[nodiscard]] std::int64_t tokens_left(tick now);
  [[nodiscard]] std::chrono::milliseconds paused_for(tick now) const;

 private:
  struct reservation {
    std::int64_t count = 0;
    tick made;
  };

  void drop_old(tick now);
  std::int64_t take_back(std::int64_t count, tick now);
  [[nodiscard]] rate_limit rate() const;
  [[nodiscard]] std::int64_t scaled(std::int64_t limit) const;

  admission_rules rules_;
  window_limiter window_{1};
  std::deque<reservation> reservations_; ///< Oldest first.
  std::int64_t reserved_ = 0;
  std::int64_t in_flight_ = 0;
  tick paused_until_{};
  double share_ = 1;
};

} // namespace tinybook
