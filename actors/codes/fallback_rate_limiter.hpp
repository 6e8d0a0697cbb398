#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

namespace tinybook {

struct fallback_rate_limiter_config {
  std::size_t capacity = 0; ///< Keys remembered as counted by the local limiter.
  /// For the answer of one limiter. Short, for a log-in waits for two of them at worst.
  std::chrono::milliseconds patience{std::chrono::seconds{2}};
};

/// Limits for log-ins, which must work while the shared limiter is unavailable (sending
/// codes waits for it). Asks the shared limiter, and where that does not answer the local
/// one of this replica, which knows nothing of what was counted before the outage. With n
/// replicas a client may then try up to n + 1 times as often. Permits are returned to the
/// limiter that counted them; after a crash, which forgets that, to the shared one.
class fallback_rate_limiter_state {
 public:
  using actor_type = rate_limiter_actor;

  fallback_rate_limiter_state(self_pointer<actor_type> self,
                              fallback_rate_limiter_config config,
                              address<rate_limiter_actor> shared,
                              address<rate_limiter_actor> local);

  actor_type::behavior_type make_behavior();

 private:
  caf::result<permits> take(const take_permits& m);
  void give_back(const return_permits& m);
  void note_place(const take_permits& m, bool local);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  fallback_rate_limiter_config config_;
  address<rate_limiter_actor> shared_;
  address<rate_limiter_actor> local_;
  std::unordered_set<std::string> counted_here_; ///< Keys last counted by the local one.
  std::uint64_t by_shared_ = 0;
  std::uint64_t by_local_ = 0;
};

} // namespace tinybook
