#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "storage/account_store.hpp"
#include "storage/audit_store.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

struct account_keeper_config {
  std::chrono::milliseconds period{std::chrono::seconds{30}}; ///< Between two rounds.
  std::chrono::milliseconds retry{std::chrono::seconds{1}}; ///< While the store is away.
  std::chrono::milliseconds audit_retention{std::chrono::hours{24 * 365}};
  default_timeout request_timeout{};
};

/// The upkeep of accounts: erases those whose grace is over, step by step, and old
/// entries of the audit trail. Each replica does it; of two at one account the second
/// finds done what the first did. Holds nothing: a crash in the middle of an account is
/// gone on with in the next round, by whichever replica.
class account_keeper_state {
 public:
  using actor_type = account_keeper_actor;

  account_keeper_state(self_pointer<actor_type> self, account_keeper_config config,
                       store_address<upkeep_store_actor> store, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  task<result<done>> round();
  task<result<done>> erase_due();
  /// Whether it is all gone.
  task<bool> erase(user_id user);
  task<result<done>> remove_old_entries();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  account_keeper_config config_;
  store_address<upkeep_store_actor> store_;
  wall_clock clock_;
  timer next_;
  std::uint64_t erased_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t entries_removed_ = 0;
};

} // namespace tinybook
