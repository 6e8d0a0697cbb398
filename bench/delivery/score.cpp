#include "bench/delivery/score.hpp"

#include <algorithm>

namespace tinybook::bench {

using namespace std::chrono_literals;

void recorder::called(std::int64_t message, std::size_t provider, ms at,
                      const answer& a) {
  calls_.push_back({at, provider});
  if (a.arrived)
    copies_[message].push_back(at + a.took);
  else if (provider == 0 && at >= trouble_begins && at < trouble_ends)
    ++wasted_;
}

/// The first provider's share of the calls of that time; 1 where there were none.
double recorder::first_share(ms from, ms to) const {
  double first = 0;
  double all = 0;
  for (const auto& c : calls_) {
    if (c.at < from || c.at >= to)
      continue;
    all += 1;
    first += c.provider == 0 ? 1 : 0;
  }
  return all == 0 ? 1 : first / all;
}

score recorder::result() const {
  score out;
  double troubled = 0;
  double soon = 0;
  double at_once = 0;
  double in_time = 0;
  double extra = 0;
  for (const auto& [id, at] : asked_) {
    auto copies = copies_.find(id);
    const bool any = copies != copies_.end();
    if (any)
      extra += static_cast<double>(copies->second.size() - 1);
    if (at < trouble_begins || at >= trouble_ends)
      continue;
    troubled += 1;
    if (!any)
      continue;
    const auto first = *std::ranges::min_element(copies->second);
    at_once += first - at <= 2s ? 1 : 0;
    soon += first - at <= 10s ? 1 : 0;
    in_time += first - at < code_lifetime ? 1 : 0;
  }
  out.in_two_seconds = at_once / troubled;
  out.in_ten_seconds = soon / troubled;
  out.before_expiry = in_time / troubled;
  out.extra_copies = 100 * extra / static_cast<double>(asked_.size());
  out.wasted_calls = static_cast<double>(wasted_);
  for (ms at = trouble_begins; at < trouble_ends && !out.notice_s; at += 500ms)
    if (first_share(at, at + 4s) <= 0.25)
      out.notice_s = std::chrono::duration<double>(at - trouble_begins).count();
  if (out.notice_s)
    for (ms at = trouble_ends; at < load_ends - 5s && !out.return_s; at += 500ms)
      if (first_share(at, at + 5s) >= 0.9)
        out.return_s = std::chrono::duration<double>(at - trouble_ends).count();
  return out;
}

score mean(const std::vector<score>& of) {
  score out;
  const auto n = static_cast<double>(of.size());
  double noticed = 0;
  double returned = 0;
  double notice = 0;
  double back = 0;
  for (const auto& s : of) {
    out.in_two_seconds += s.in_two_seconds / n;
    out.in_ten_seconds += s.in_ten_seconds / n;
    out.before_expiry += s.before_expiry / n;
    out.extra_copies += s.extra_copies / n;
    out.wasted_calls += s.wasted_calls / n;
    noticed += s.notice_s ? 1 : 0;
    notice += s.notice_s.value_or(0);
    returned += s.return_s ? 1 : 0;
    back += s.return_s.value_or(0);
  }
  // Given only where most runs have it.
  if (noticed > n / 2)
    out.notice_s = notice / noticed;
  if (returned > n / 2)
    out.return_s = back / returned;
  return out;
}

} // namespace tinybook::bench
