#include "bench/delivery/scenario.hpp"

#include <cmath>

namespace tinybook::bench {

namespace {

constexpr double usual_failures = 0.01;

double failing_share(trouble what, ms now) {
  switch (what) {
  case trouble::fails_10:
    return 0.1;
  case trouble::fails_30:
    return 0.3;
  case trouble::fails_50:
    return 0.5;
  case trouble::fails_100:
    return 1;
  case trouble::flaps:
    return (now - trouble_begins).count() / 10'000 % 2 == 0 ? 1 : usual_failures;
  default:
    return usual_failures;
  }
}

} // namespace

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all{
      {trouble::none, "all well"},
      {trouble::fails_10, "fails 10 %"},
      {trouble::fails_30, "fails 30 %"},
      {trouble::fails_50, "fails 50 %"},
      {trouble::fails_100, "fails all"},
      {trouble::hangs, "hangs"},
      {trouble::drops, "sends, drops"},
      {trouble::throttles, "throttles"},
      {trouble::flaps, "flaps"},
      {trouble::closed_country, "one country closed"},
      {trouble::limits_numbers, "limits numbers"},
  };
  return all;
}

bool is_abroad(std::int64_t message) {
  return message % 5 == 0;
}

answer ask_provider(const scenario& s, std::size_t provider, std::int64_t message, ms now,
                    random_source& chance) {
  const ms quick{80 + chance.below(170)};
  const auto troubled = provider == 0 && now >= trouble_begins && now < trouble_ends
                            ? s.what
                            : trouble::none;
  if (troubled == trouble::hangs)
    return {outcome_class::ambiguous, call_timeout, ms{0}, false};
  if (troubled == trouble::drops)
    return {outcome_class::ambiguous, quick, ms{0}, true};
  if (troubled == trouble::throttles)
    return {outcome_class::throttled, quick, std::chrono::seconds{5}, false};
  if (troubled == trouble::closed_country && is_abroad(message))
    return {outcome_class::not_here, quick, ms{0}, false};
  if (troubled == trouble::limits_numbers && message % 5 == 1)
    return {outcome_class::number_limited, quick, std::chrono::seconds{60}, false};
  if (chance.unit() < failing_share(troubled, now))
    return {outcome_class::provider_down, quick, ms{0}, false};
  return {outcome_class::delivered, quick, ms{0}, true};
}

std::vector<ms> arrivals(std::uint64_t seed) {
  seeded_random chance{seed * 7919 + 1};
  std::vector<ms> out;
  double at = 0;
  while (true) {
    at += -std::log(1 - chance.unit()) * 1000 / messages_per_second;
    if (at >= static_cast<double>(load_ends.count()))
      return out;
    out.emplace_back(static_cast<std::int64_t>(at));
  }
}

} // namespace tinybook::bench
