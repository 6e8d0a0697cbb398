#include "actors/sms/prefetched_permits.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tinybook {

namespace {

constexpr auto fallback_key = "fallback";
constexpr std::chrono::milliseconds a_second{1'000};

/// At most so many requests to the limiter at once.
constexpr std::int64_t most_requests = 8;

} // namespace

permit_rules shared_permits(const std::string& provider, std::uint32_t provider_rate,
                            std::uint32_t rate_of_all, std::int64_t batch) {
  permit_rules out;
  out.batch = std::max<std::int64_t>(batch, 1);
  const auto add = [&](const std::string& key, std::uint32_t rate) {
    if (rate == 0)
      return;
    const auto events = std::max<std::int64_t>(rate / out.batch, 1);
    out.limits.push_back({key, {static_cast<std::uint32_t>(events), a_second}});
    const auto share = std::max<std::uint32_t>(rate / 2, 1);
    out.fallback.count =
        out.fallback.count == 0 ? share : std::min(out.fallback.count, share);
  };
  add("sms.provider|" + provider, provider_rate);
  add("sms.all", rate_of_all);
  return out;
}

std::int64_t prefetched_permits::batches_needed(std::int64_t wanted, tick now) {
  if (!shared() || on_fallback(now))
    return 0;
  drop_old(now);
  const auto missing = std::max<std::int64_t>(wanted - left_, 0);
  return std::min((missing + rules_.batch - 1) / rules_.batch, most_requests);
}

void prefetched_permits::add_batch(tick now) {
  batches_.push_back({rules_.batch, now + rules_.keep});
  left_ += rules_.batch;
}

std::int64_t prefetched_permits::take(std::int64_t wanted, tick now) {
  if (!shared())
    return wanted;
  drop_old(now);
  std::int64_t taken = 0;
  while (taken < wanted && !batches_.empty()) {
    auto& oldest = batches_.front();
    const auto now_taken = std::min(wanted - taken, oldest.left);
    oldest.left -= now_taken;
    left_ -= now_taken;
    taken += now_taken;
    if (oldest.left == 0)
      batches_.pop_front();
  }
  const auto missing = std::min(wanted - taken, fallback_left(now));
  if (missing > 0)
    (void)window_.take(fallback_key, rules_.fallback, now,
                       static_cast<std::uint32_t>(missing));
  return taken + missing;
}

std::int64_t prefetched_permits::fallback_left(tick now) {
  if (!on_fallback(now))
    return 0;
  const auto used = static_cast<std::int64_t>(window_.count(fallback_key, now));
  return std::max<std::int64_t>(std::int64_t{rules_.fallback.count} - used, 0);
}

std::int64_t prefetched_permits::left(tick now) {
  if (!shared())
    return std::numeric_limits<std::int64_t>::max();
  drop_old(now);
  return left_ + fallback_left(now);
}

std::int64_t prefetched_permits::unused_batches(tick now) {
  drop_old(now);
  return std::exchange(unused_, 0);
}

void prefetched_permits::drop_old(tick now) {
  while (!batches_.empty() && batches_.front().until <= now) {
    left_ -= batches_.front().left;
    unused_ += batches_.front().left == rules_.batch ? 1 : 0;
    batches_.pop_front();
  }
}

} // namespace tinybook
