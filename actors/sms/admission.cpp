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

admission_answer admission::reserve(std::int64_t wanted, tick now) {
  drop_old(now);
  if (auto pause = paused_for(now); pause.count() > 0)
    return {0, pause};
  const auto free = scaled(rules_.max_in_flight) - in_flight_ - reserved_;
  if (free <= 0)
    return {0, rules_.recheck};
  const auto tokens = tokens_left(now);
  const auto granted = std::min({wanted, free, tokens});
  if (granted <= 0) {
    const auto answer = window_.peek(rate_key, rate(), now);
    return {0, std::max(ceil<milliseconds>(answer.retry_after), milliseconds{1})};
  }
  (void)window_.take(rate_key, rate(), now, static_cast<std::uint32_t>(granted));
  reservations_.push_back({granted, now});
  reserved_ += granted;
  return {granted, milliseconds{0}};
}

std::int64_t admission::release(std::int64_t count, tick now) {
  drop_old(now);
  const auto returned = std::min(count, reserved_);
  if (returned <= 0)
    return 0;
  // Events that have left the window by themselves must not be uncounted a second time.
  const auto counted = take_back(returned, now);
  window_.give_back(rate_key, static_cast<std::uint32_t>(counted));
  return counted;
}

bool admission::begin(tick now) {
  drop_old(now);
  if (reserved_ == 0 && reserve(1, now).granted == 0)
    return false;
  take_back(1, now);
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

std::int64_t admission::reserved(tick now) {
  drop_old(now);
  return reserved_;
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

void admission::drop_old(tick now) {
  while (!reservations_.empty()
         && reservations_.front().made + rules_.reservation <= now) {
    reserved_ -= reservations_.front().count;
    reservations_.pop_front();
  }
}

/// The oldest reservations first: all places are alike. Returns how many of them the rate
/// still counts.
std::int64_t admission::take_back(std::int64_t count, tick now) {
  std::int64_t counted = 0;
  reserved_ -= count;
  while (count > 0 && !reservations_.empty()) {
    auto& oldest = reservations_.front();
    const auto taken = std::min(count, oldest.count);
    oldest.count -= taken;
    count -= taken;
    if (now < oldest.made + window_length)
      counted += taken;
    if (oldest.count == 0)
      reservations_.pop_front();
  }
  return counted;
}

} // namespace tinybook
