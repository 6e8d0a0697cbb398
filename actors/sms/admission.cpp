#include "actors/sms/admission.hpp"

#include <algorithm>
#include <limits>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

constexpr auto rate_key = "rate";
constexpr std::chrono::seconds window_length{1};

} // namespace

rate_limit admission::rate() const {
  return {static_cast<std::uint32_t>(scaled(rules_.rate_per_second)), window_length};
}

std::int64_t admission::scaled(std::int64_t limit) const {
  if (limit == 0 || share_ >= 1)
    return limit;
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(share_ * static_cast<double>(limit)));
}

free_places admission::free(tick now) {
  if (const auto pause = paused_for(now); pause.count() > 0)
    return {0, pause};
  const auto places = scaled(rules_.max_in_flight) - in_flight_;
  if (places <= 0)
    return {0, rules_.recheck};
  if (const auto tokens = tokens_left(now); tokens > 0)
    return {std::min(places, tokens), milliseconds{0}};
  const auto answer = window_.peek(rate_key, rate(), now);
  return {0, std::max(ceil<milliseconds>(answer.retry_after), milliseconds{1})};
}

bool admission::begin(tick now) {
  if (free(now).count == 0)
    return false;
  (void)window_.take(rate_key, rate(), now, 1);
  ++in_flight_;
  return true;
}

void admission::finish() {
  in_flight_ = std::max<std::int64_t>(in_flight_ - 1, 0);
}

void admission::throttled(milliseconds retry_after, tick now) {
  const auto pause = retry_after.count() > 0 ? retry_after : rules_.throttle_pause;
  paused_until_ = std::max(paused_until_, now + pause);
}

std::int64_t admission::tokens_left(tick now) {
  if (rate().off())
    return std::numeric_limits<std::uint32_t>::max();
  return std::max<std::int64_t>(
      0, std::int64_t{rate().count}
             - static_cast<std::int64_t>(window_.count(rate_key, now)));
}

milliseconds admission::paused_for(tick now) const {
  return now < paused_until_ ? ceil<milliseconds>(paused_until_ - now) : milliseconds{0};
}

} // namespace tinybook
