#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/system/managed_actor.hpp"
#include "storage/support/keyring.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tinybook {

struct redis_rate_limiter_config {
  std::string prefix; ///< Of every key.
  default_timeout request_timeout{};
};

/// The sliding windows of all replicas in Redis, with the same decisions as
/// `window_limiter`, to the millisecond. `<prefix>:{limit}:…` is a list of the times of
/// one key's events; it expires when the last one has left its window. The dots are a
/// hash of the key with the current key of the keyring: while a new one is promoted on
/// one replica after the other, a limit may be used twice. One script checks and counts
/// all rules of a request, all or none. Redis bounds the memory: full means
/// `unavailable`.
///
/// While Redis is unavailable so is this, and permits that are returned then stay
/// counted. A Redis that loses its data starts every limit anew. This actor holds
/// nothing.
class redis_rate_limiter_state {
 public:
  using actor_type = rate_limiter_actor;

  redis_rate_limiter_state(self_pointer<actor_type> self,
                           redis_rate_limiter_config config, redis_address redis,
                           std::shared_ptr<const keyring> keys, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  caf::result<permits> take(const take_permits& m);
  void give_back(const return_permits& m);
  [[nodiscard]] std::string name_of(const std::string& key) const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_rate_limiter_config config_;
  redis_address redis_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::uint64_t admitted_ = 0;
  std::uint64_t limited_ = 0;
  std::uint64_t failed_ = 0;
};

} // namespace tinybook
