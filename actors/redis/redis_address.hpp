#pragma once

#include "actors/interfaces.hpp"
#include "actors/redis/messages.hpp"
#include "actors/system/ask.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

namespace tinybook {

/// The actor that runs scripts, and how many of them may wait there.
struct redis_address {
  address<redis_actor> at;
  std::size_t max_queue = 0;
};

/// As for a store: refused with `overloaded` while the allowed number of commands waits.
/// They wait only during a round trip: one that Redis does not answer fails them all.
template <class Interface, class Then>
void ask(const self_pointer<Interface>& self, const redis_address& redis,
         std::chrono::milliseconds timeout, run_script command, Then then) {
  if (redis.at.meter()->mailbox() >= redis.max_queue) {
    then(result<storage::redis::value>{too_many_waiting(redis.at)});
    return;
  }
  ask(self, redis.at, timeout, std::move(command), std::move(then));
}

/// The same in a journey.
inline asking<run_script> ask(const redis_address& redis, step_bound most,
                              run_script command) {
  return {redis.at, most, std::move(command), redis.max_queue};
}

} // namespace tinybook
