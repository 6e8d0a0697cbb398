#include "actors/sms/claim_plan.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

constexpr auto all_providers = "all";
/// Between looks at a rate that is used up, at least.
constexpr milliseconds rate_pause{20};

} // namespace

claim_plan::step claim_plan::room(std::size_t in_flight, tick now) {
  if (!open_ || !wanted_ || claiming_ || in_flight >= rules_.max_in_flight)
    return {}; // Whatever ends that comes back here.
  if (store_fails(now))
    return {.again_at = paused_until_};
  const auto under_way = static_cast<std::int64_t>(in_flight);
  auto rows =
      std::min(rules_.batch, static_cast<std::int64_t>(rules_.max_in_flight) - under_way);
  if (!rate().off()) {
    const auto used = static_cast<std::int64_t>(sent_.count(all_providers, now));
    rows = std::min(rows, std::int64_t{rate().count} - used - under_way);
  }
  if (rows > 0)
    return {.wanted = rows};
  const auto refused = sent_.peek(all_providers, rate(), now);
  return {.again_at =
              now + std::max(ceil<milliseconds>(refused.retry_after), rate_pause)};
}

claim_plan::step claim_plan::next(std::size_t in_flight,
                                  const last_resort_turn& last_resort,
                                  provider_roster& roster, tick now,
                                  random_source& random) {
  auto out = room(in_flight, now);
  if (out.wanted == 0)
    return out;
  for (const auto provider : roster.draw_order(random)) {
    if (roster.admits(provider, now)) {
      out.provider = provider;
      out.rows = std::min(out.wanted, roster.free(provider));
      roster.places(provider).hold(out.rows);
      break;
    }
    out.passed_over.push_back(provider);
  }
  out.last_resort = out.rows == 0 && !last_resort.under_way() && roster.all_open();
  if (out.claims()) {
    claiming_ = true;
    wanted_ = false;
  } else {
    out.again_at = roster.next_admission(recheck_, now);
  }
  return out;
}

void claim_plan::sent(tick now) {
  if (!rate().off())
    (void)sent_.take(all_providers, rate(), now);
}

void claim_plan::store_failed(tick now, random_source& random) {
  const auto wait = backoff_delay(rules_.store_backoff, failures_in_a_row_++, random);
  paused_until_ = std::max(paused_until_, now + wait);
}

bool claim_plan::store_answered() {
  return std::exchange(failures_in_a_row_, 0) > 0;
}

} // namespace tinybook
