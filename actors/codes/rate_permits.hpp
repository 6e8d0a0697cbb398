#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

/// The failure for a decision that did not admit: `rate_limited` with its Retry-After, or
/// `overloaded` where the limiter has no memory left to count a new key.
[[nodiscard]] inline failure refusal_of(const rate_decision& decision) {
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.retry_after);
  if (decision.result == rate_decision::verdict::limited)
    return {errc::rate_limited, wait};
  failure full{errc::overloaded, "the rate limiter is full"};
  full.retry_after = wait;
  return full;
}

/// Takes one permit of each rule at the rate limiter. `then` gets the keys that were
/// counted, for `release_permits` when what was counted did not happen after all; or the
/// failure.
template <class Handle, class Then>
void acquire_permits(const self_pointer<Handle>& self,
                     const address<rate_limiter_actor>& limiter,
                     std::chrono::milliseconds timeout, std::vector<rate_rule> rules,
                     Then then) {
  std::erase_if(rules, [](const rate_rule& r) { return r.limit.off(); });
  std::vector<std::string> keys;
  keys.reserve(rules.size());
  for (const auto& r : rules)
    keys.push_back(r.key);
  if (keys.empty()) {
    then(result<std::vector<std::string>>{std::move(keys)});
    return;
  }
  ask(self, limiter, timeout, take_permits{std::move(rules)},
      [keys = std::move(keys), then = std::move(then)](result<permits> taken) mutable {
        using answer_type = result<std::vector<std::string>>;
        if (!taken)
          then(answer_type{std::move(taken.error())});
        else if (!taken->decision.admitted())
          then(answer_type{refusal_of(taken->decision)});
        else
          then(answer_type{std::move(keys)});
      });
}

inline void release_permits(const address<rate_limiter_actor>& limiter,
                            std::vector<std::string> keys) {
  if (keys.empty())
    return;
  tell(limiter, return_permits{std::move(keys)});
}

} // namespace tinybook
