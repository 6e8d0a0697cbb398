#include "actors/sms/error_rate_judge.hpp"

#include <algorithm>
#include <cmath>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

constexpr double standard_errors = 3;
constexpr double chance_of_a_row = 1e-5;
constexpr std::int64_t shortest_row = 5;

} // namespace

std::string_view to_string(trip_reason reason) {
  switch (reason) {
  case trip_reason::error_rate:
    return "error rate";
  case trip_reason::failures_in_row:
    return "failures in a row";
  case trip_reason::slow_calls:
    return "slow calls";
  }
  return "error rate";
}

error_rate_judge::error_rate_judge(const error_rate_rules& rules)
    : rules_(rules), window_(rules.window, rules.buckets) {}

std::optional<trip_reason> error_rate_judge::record(outcome_class kind, milliseconds took,
                                                    std::uint64_t generation, tick now) {
  const bool slow = rules_.slow_limit.count() > 0 && took >= rules_.slow_limit;
  const auto call = as_counts(kind, slow);
  all_ += call;
  if (generation != generation_)
    return std::nullopt;
  window_.record(call, now);
  if (call.failed > 0)
    ++in_row_;
  else if (call.ok > 0)
    in_row_ = 0;
  learn(now);
  if (told_)
    return std::nullopt;
  const auto why = too_bad(now);
  told_ = why.has_value();
  return why;
}

void error_rate_judge::watch(std::uint64_t generation, bool closed, tick now) {
  if (generation == generation_ && closed == closed_)
    return;
  generation_ = generation;
  closed_ = closed;
  told_ = false;
  in_row_ = 0;
  window_.clear(now);
  learned_at_ = now;
}

double error_rate_judge::threshold(std::int64_t samples) const {
  const auto n = static_cast<double>(std::max<std::int64_t>(samples, 1));
  const auto wide =
      usual_ + rules_.margin + standard_errors * std::sqrt(usual_ * (1 - usual_) / n);
  return std::clamp(wide, rules_.threshold_floor,
                    std::max(rules_.threshold_floor, rules_.threshold_cap));
}

std::int64_t error_rate_judge::failures_in_row_limit() const {
  if (usual_ <= 0)
    return shortest_row;
  const auto row = std::ceil(std::log(chance_of_a_row) / std::log(usual_));
  return std::max(shortest_row, static_cast<std::int64_t>(row));
}

/// At most one step for each bucket, however many calls come; a pause without calls
/// counts as no more than one window.
void error_rate_judge::learn(tick now) {
  const auto passed =
      std::min<std::chrono::nanoseconds>(now - learned_at_, rules_.window);
  if (passed < window_.bucket_length())
    return;
  learned_at_ = now;
  if (!closed_)
    return;
  const std::chrono::duration<double> seconds = passed;
  const std::chrono::duration<double> over = rules_.learning_time;
  const auto pull = 1 - std::exp(-seconds.count() / over.count());
  const auto most = rules_.learned_per_minute * seconds.count() / 60;
  const auto step = (window_.totals(now).error_rate() - usual_) * pull;
  usual_ = std::clamp(usual_ + std::clamp(step, -most, most), 0.0, rules_.learned_cap);
}

std::optional<trip_reason> error_rate_judge::too_bad(tick now) {
  if (in_row_ >= failures_in_row_limit())
    return trip_reason::failures_in_row;
  const auto& seen = window_.totals(now);
  const auto samples = seen.samples();
  if (samples < rules_.min_samples)
    return std::nullopt;
  if (seen.error_rate() >= threshold(samples))
    return trip_reason::error_rate;
  if (static_cast<double>(seen.slow) >= rules_.slow_share * static_cast<double>(samples))
    return trip_reason::slow_calls;
  return std::nullopt;
}

} // namespace tinybook
