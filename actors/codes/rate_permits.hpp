#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook {

/// The failure for a decision that did not admit: `rate_limited` with its Retry-After and
/// the name of the rule, or `overloaded` where the limiter has no memory left to count a
/// new key.
[[nodiscard]] inline failure refusal_of(const rate_decision& decision,
                                        std::string_view rule) {
  auto wait = std::chrono::ceil<std::chrono::milliseconds>(decision.retry_after);
  const bool limited = decision.result == rate_decision::verdict::limited;
  failure refused = limited ? failure{errc::rate_limited}
                            : failure{errc::overloaded, "the rate limiter is full"};
  refused.retry_after = wait;
  if (limited)
    refused.rule = rule;
  return refused;
}

/// Takes one permit of each rule at the rate limiter. Gives the keys that were counted,
/// for `release_permits` when what was counted did not happen after all; or the failure.
inline task<result<std::vector<std::string>>>
acquire_permits(address<rate_limiter_actor> limiter, step_bound most,
                std::vector<rate_rule> rules) {
  std::erase_if(rules, [](const rate_rule& r) { return r.limit.off(); });
  std::vector<std::string> keys;
  std::vector<std::string_view> names;
  for (const auto& r : rules) {
    keys.push_back(r.key);
    names.push_back(r.name);
  }
  if (keys.empty())
    co_return keys;
  auto taken = co_await ask(limiter, most, take_permits{std::move(rules)});
  if (!taken)
    co_return std::move(taken.error());
  if (!taken->decision.admitted())
    co_return refusal_of(taken->decision, names.at(taken->decision.rule));
  co_return keys;
}

inline void release_permits(const address<rate_limiter_actor>& limiter,
                            std::vector<std::string> keys) {
  if (keys.empty())
    return;
  tell(limiter, return_permits{std::move(keys)});
}

} // namespace tinybook
