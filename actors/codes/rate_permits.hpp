#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook {

/// What was counted.
struct taken_permits {
  /// How far a rule is used up.
  struct use {
    limit_rule name = limit_rule::none;
    std::uint32_t used = 0;
  };

  std::vector<std::string> keys; ///< For `release_permits`.
  std::vector<use> uses;         ///< Of each rule.
};

/// The failure for a decision that did not admit: `rate_limited` with its rule and
/// Retry-After, or `overloaded` where the limiter has no memory left to count a new key.
[[nodiscard]] inline failure refusal_of(const rate_decision& decision, limit_rule name) {
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.retry_after);
  if (decision.result == rate_decision::verdict::limited)
    return {name, wait};
  failure full{errc::overloaded, "the rate limiter is full"};
  full.retry_after = wait;
  return full;
}

/// Takes one permit of each rule at the rate limiter. Gives what was counted, for
/// `release_permits` when it did not happen after all; or the failure.
inline task<result<taken_permits>> acquire_permits(address<rate_limiter_actor> limiter,
                                                   step_bound most,
                                                   std::vector<rate_rule> rules) {
  std::erase_if(rules, [](const rate_rule& r) { return r.limit.off(); });
  taken_permits out;
  for (const auto& r : rules) {
    out.uses.push_back({r.name});
    if (!r.for_good)
      out.keys.push_back(r.key);
  }
  if (rules.empty())
    co_return out;
  auto taken = co_await ask(limiter, most, take_permits{std::move(rules)});
  if (!taken)
    co_return std::move(taken.error());
  const auto& decision = taken->decision;
  if (!decision.admitted())
    co_return refusal_of(decision, out.uses.at(decision.rule).name);
  for (std::size_t i = 0; i < out.uses.size() && i < taken->used.size(); ++i)
    out.uses[i].used = taken->used[i];
  co_return out;
}

inline void release_permits(const address<rate_limiter_actor>& limiter,
                            std::vector<std::string> keys) {
  if (keys.empty())
    return;
  tell(limiter, return_permits{std::move(keys)});
}

} // namespace tinybook
