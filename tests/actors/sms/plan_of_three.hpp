#pragma once

#include "actors/sms/delivery_plan.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

/// A message with 600 s to live over the providers a, b and c, all admitting.
struct plan {
  delivery_rules rules = test::default_delivery();
  wall_time now = test::wall_start;
  wall_time run_at = test::wall_start;
  wall_time expires_at = test::wall_start + 600s;
  std::optional<wall_time> outcome_at; ///< Nothing = it is told at once.
  std::vector<provider_view> providers{
      {"a", test::wall_start}, {"b", test::wall_start}, {"c", test::wall_start}};
  still_wanted wanted = still_wanted::wanted;
  delivery_progress progress;
  seeded_random random{7};

  delivery_decision decide(std::optional<outcome_class> outcome = {},
                           std::string_view provider = {},
                           std::chrono::milliseconds retry_after = 0ms) {
    auto decision =
        decide_delivery({now, run_at, expires_at, progress, providers, wanted, outcome,
                         provider, retry_after, outcome_at.value_or(now)},
                        rules, random);
    progress = decision.progress;
    return decision;
  }

  /// The provider that gets the message now; "" when none does.
  std::string sent_to(std::optional<outcome_class> outcome = {},
                      std::string_view provider = {},
                      std::chrono::milliseconds retry_after = 0ms) {
    auto decision = decide(outcome, provider, retry_after);
    const auto* send = std::get_if<send_now>(&decision.action);
    return send == nullptr ? "" : send->provider;
  }

  /// An operator ends the pauses of the first provider.
  void lift_a_second_later() {
    now += 1s;
    providers[0].lifted_at = now;
  }

  /// The provider that gets it after all the waits that the plan asks for.
  std::string sent_later() {
    std::string provider;
    while (provider.empty() && now < expires_at) {
      run_at = now;
      const auto decision = decide();
      if (const auto* send = std::get_if<send_now>(&decision.action))
        provider = send->provider;
      else
        now = std::get<wait_until>(decision.action).time;
    }
    return provider;
  }

  wait_until waits(std::optional<outcome_class> outcome = {},
                   std::string_view provider = {},
                   std::chrono::milliseconds retry_after = 0ms) {
    auto decision = decide(outcome, provider, retry_after);
    REQUIRE(std::holds_alternative<wait_until>(decision.action));
    return std::get<wait_until>(decision.action);
  }

  finish ends(std::optional<outcome_class> outcome = {}, std::string_view provider = {},
              std::chrono::milliseconds retry_after = 0ms) {
    auto decision = decide(outcome, provider, retry_after);
    REQUIRE(std::holds_alternative<finish>(decision.action));
    return std::get<finish>(decision.action);
  }
};

} // namespace tinybook
