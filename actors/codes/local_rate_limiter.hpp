#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "storage/support/sliding_window.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tinybook {

struct local_rate_limiter_config {
  std::size_t capacity = 0; ///< Keys; `window_limiter` says what happens beyond.
};

/// The rate limiter of one process, on the actor's monotonic clock. Where its capacity is
/// used up, so that it forgets counts or refuses keys, it warns at most once a minute,
/// and shows it as its last error until a minute has passed without. A crash loses the
/// windows: every limit starts anew.
class local_rate_limiter_state {
 public:
  using actor_type = rate_limiter_actor;

  local_rate_limiter_state(self_pointer<actor_type> self,
                           local_rate_limiter_config config)
      : self_(std::move(self)), limiter_(config.capacity) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] permits take(const take_permits& m);
  void give_back(const return_permits& m);
  void note_losses(tick now);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  window_limiter limiter_;
  std::uint64_t admitted_ = 0;
  std::uint64_t limited_ = 0;
  std::uint64_t full_ = 0;
  std::uint64_t lost_ = 0;      ///< Counts forgotten and keys refused, when last seen.
  std::optional<tick> lost_at_; ///< The last time.
  std::optional<tick> warned_at_;
};

} // namespace tinybook
