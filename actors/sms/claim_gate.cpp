#include "actors/sms/claim_gate.hpp"

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

claim_gate::answer claim_gate::look(std::size_t in_flight, tick now) {
  if (!open_ || !wanted_ || claiming_ || in_flight >= rules_.max_in_flight)
    return {}; // Whatever ends that comes back here.
  if (store_fails(now))
    return {0, paused_until_};
  const auto under_way = static_cast<std::int64_t>(in_flight);
  auto rows =
      std::min(rules_.batch, static_cast<std::int64_t>(rules_.max_in_flight) - under_way);
  if (!rate().off()) {
    const auto used = static_cast<std::int64_t>(sent_.count(all_providers, now));
    rows = std::min(rows, std::int64_t{rate().count} - used - under_way);
  }
  if (rows > 0)
    return {rows};
  const auto room = sent_.peek(all_providers, rate(), now);
  return {0, now + std::max(ceil<milliseconds>(room.retry_after), rate_pause)};
}

void claim_gate::claim_begins() {
  claiming_ = true;
  wanted_ = false;
}

void claim_gate::sent(tick now) {
  if (!rate().off())
    (void)sent_.take(all_providers, rate(), now);
}

void claim_gate::store_failed(tick now, random_source& random) {
  const auto wait = backoff_delay(rules_.store_backoff, failures_in_a_row_++, random);
  paused_until_ = std::max(paused_until_, now + wait);
}

bool claim_gate::store_answered() {
  return std::exchange(failures_in_a_row_, 0) > 0;
}

} // namespace tinybook
