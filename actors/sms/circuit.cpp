#include "actors/sms/circuit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace tinybook {

namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();

constexpr std::array<std::string_view, 4> state_names{"closed", "open", "half_open",
                                                      "ramp"};
constexpr std::array<std::string_view, 4> forced_names{"", "open", "closed",
                                                       "metrics_only"};

template <class Enum, std::size_t N>
std::optional<Enum> from_name(const std::array<std::string_view, N>& names,
                              std::string_view text) {
  const auto it = std::ranges::find(names, text);
  if (it == names.end())
    return std::nullopt;
  return static_cast<Enum>(it - names.begin());
}

bool admits_everything(forced_state state) {
  return state == forced_state::closed || state == forced_state::metrics_only;
}

/// Two replicas' clocks read the end of one forced state up to this much apart.
constexpr std::chrono::seconds clock_error{1};

bool same_end(const std::optional<tick>& a, const std::optional<tick>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return std::chrono::abs(*a - *b) < clock_error;
}

} // namespace

std::string_view to_string(circuit_state state) {
  return state_names.at(static_cast<std::size_t>(state));
}

std::string_view to_string(forced_state state) {
  return forced_names.at(static_cast<std::size_t>(state));
}

std::optional<circuit_state> circuit_state_from(std::string_view text) {
  return from_name<circuit_state>(state_names, text);
}

std::optional<forced_state> forced_state_from(std::string_view text) {
  return from_name<forced_state>(forced_names, text);
}

void circuit::advance(tick now, random_source& random) {
  if (forced_until_ && *forced_until_ <= now)
    set_forced(forced_state::none, std::nullopt, now);
  if (forced_ == forced_state::open || forced_ == forced_state::closed)
    return;
  if (state_ == circuit_state::open) {
    std::erase_if(probes_, [&](tick due) { return due <= now; });
    if (open_until_ <= now && prober_)
      move_to(circuit_state::half_open, "its time was over", now);
  } else if (state_ == circuit_state::half_open) {
    const auto lost = std::erase_if(probes_, [&](tick due) { return due <= now; });
    probes_failed_ += static_cast<std::int64_t>(lost);
    if (lost > 0)
      judge(now, random);
    if (state_ == circuit_state::half_open && verdict_at_ && *verdict_at_ <= now)
      judge_at_deadline(now, random);
  } else if (state_ == circuit_state::ramp && since_ + rules_.ramp <= now) {
    openings_ = 0;
    move_to(circuit_state::closed, "recovered", now);
  }
}

std::optional<tick> circuit::next_change() const {
  std::optional<tick> next = forced_until_;
  const auto earlier = [&](tick at) {
    next = next ? std::min(*next, at) : at;
  };
  if (forced_ == forced_state::open || forced_ == forced_state::closed)
    return next;
  if (state_ == circuit_state::open) {
    if (prober_)
      earlier(open_until_);
  } else if (state_ == circuit_state::ramp)
    earlier(since_ + rules_.ramp);
  else if (state_ == circuit_state::half_open) {
    if (verdict_at_)
      earlier(*verdict_at_);
    for (const auto due : probes_)
      earlier(due);
  }
  return next;
}

std::int64_t circuit::room() const {
  if (forced_ == forced_state::open)
    return 0;
  if (admits_everything(forced_))
    return unlimited;
  switch (state_) {
  case circuit_state::closed:
  case circuit_state::ramp:
    return unlimited;
  case circuit_state::open:
    return 0;
  case circuit_state::half_open:
    return prober_ ? std::max<std::int64_t>(free_probes(), 0) : 0;
  }
  return 0;
}

bool circuit::last_resort(tick now) const {
  return prober_ && forced_ == forced_state::none && state_ == circuit_state::open
         && probes_.empty() && next_last_resort_ <= now;
}

double circuit::share(tick now) const {
  if (state_ != circuit_state::ramp || admits_everything(forced_))
    return 1;
  const std::chrono::duration<double> passed = now - since_;
  const std::chrono::duration<double> whole = rules_.ramp;
  if (passed >= whole)
    return 1;
  return rules_.ramp_from + (1 - rules_.ramp_from) * (passed.count() / whole.count());
}

std::optional<std::uint64_t> circuit::begin(tick now, bool as_last_resort) {
  if (forced_ == forced_state::open)
    return std::nullopt;
  if (state_ == circuit_state::closed || state_ == circuit_state::ramp
      || forced_ == forced_state::closed)
    return generation_;
  const bool admitted = state_ == circuit_state::half_open
                            ? prober_ && free_probes() > 0
                            : as_last_resort && last_resort(now);
  if (!admitted)
    return forced_ == forced_state::metrics_only ? std::optional<std::uint64_t>{0}
                                                 : std::nullopt;
  if (state_ == circuit_state::open)
    next_last_resort_ = now + rules_.last_resort_pause;
  else if (!verdict_at_)
    verdict_at_ = now + rules_.verdict_within;
  probes_.push_back(now + rules_.probe_timeout);
  return generation_;
}

std::int64_t circuit::free_probes() const {
  return std::min(rules_.probes - probes_ok_ - probes_failed_, rules_.probes_at_once)
         - probing();
}

void circuit::finish(std::uint64_t generation, outcome_class kind, tick now,
                     random_source& random) {
  if (generation != generation_ || probes_.empty())
    return;
  probes_.erase(probes_.begin());
  const bool ok = kind == outcome_class::delivered;
  if (state_ == circuit_state::open) {
    if (ok) {
      move_to(circuit_state::half_open, "a last resort arrived", now);
      probes_ok_ = 1;
      verdict_at_ = now + rules_.verdict_within;
    }
    return;
  }
  probes_ok_ += ok ? 1 : 0;
  probes_failed_ += is_failure(kind) ? 1 : 0;
  judge(now, random);
}

void circuit::trip(std::uint64_t generation, std::string_view why, tick now,
                   random_source& random) {
  const bool watched = state_ == circuit_state::closed || state_ == circuit_state::ramp;
  if (generation != generation_ || !watched || forced_ == forced_state::closed)
    return;
  open(true, why, now, random);
}

void circuit::force(forced_state state, std::optional<tick> until, tick now) {
  const auto before = generation_;
  set_forced(state, until, now);
  if (!rules_.shared)
    return;
  if (generation_ == before)
    move_to(state_, reason_, now);
  generation_ = before + operator_step;
}

void circuit::set_forced(forced_state state, std::optional<tick> until, tick now) {
  const auto before = std::exchange(forced_, state);
  forced_until_ = state == forced_state::none ? std::nullopt : until;
  if (state == forced_state::closed || before == forced_state::closed) {
    openings_ = 0;
    move_to(circuit_state::closed, "forced", now);
  } else if (before == forced_state::open && state != forced_state::open) {
    move_to(circuit_state::half_open, "no longer forced open", now);
  } else if (state == forced_state::open && before != state) {
    // Calls under way no longer count as probes.
    move_to(state_, reason_, now);
  }
}

void circuit::restore(circuit_state state, std::uint64_t generation, tick open_until,
                      tick now) {
  generation_ = std::max(generation_, generation);
  switch (state) {
  case circuit_state::closed:
    return;
  case circuit_state::open:
    move_to(circuit_state::open, "as it was stored", now);
    open_until_ = std::clamp(open_until, now, now + 2 * rules_.open_cap);
    openings_ = 1;
    return;
  case circuit_state::half_open:
  case circuit_state::ramp:
    openings_ = 1;
    move_to(circuit_state::half_open, "as it was stored", now);
  }
}

void circuit::move_to(circuit_state next, std::string_view why, tick now) {
  ++generation_;
  state_ = next;
  since_ = now;
  reason_ = std::string{why};
  forget_probes();
}

void circuit::forget_probes() {
  probes_.clear();
  probes_ok_ = 0;
  probes_failed_ = 0;
  verdict_at_.reset();
}

void circuit::open(bool again, std::string_view why, tick now, random_source& random) {
  if (again)
    ++openings_;
  const auto round = openings_ > 0 ? openings_ - 1 : 0;
  move_to(circuit_state::open, why, now);
  open_until_ = now + backoff_delay(rules_.open(), round, random);
  next_last_resort_ = now + rules_.last_resort_pause;
}

std::int64_t circuit::failures_that_decide() const {
  const auto share = rules_.threshold * static_cast<double>(rules_.probes);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(share - 1e-9)));
}

void circuit::judge(tick now, random_source& random) {
  if (probes_failed_ >= failures_that_decide())
    open(true, "probes failed", now, random);
  else if (probes_ok_ > rules_.probes - failures_that_decide()
           || probes_ok_ + probes_failed_ >= rules_.probes)
    move_to(circuit_state::ramp, "probes succeeded", now);
}

void circuit::judge_at_deadline(tick now, random_source& random) {
  const auto seen = probes_ok_ + probes_failed_;
  if (probes_ok_ > 0
      && static_cast<double>(probes_failed_)
             < rules_.threshold * static_cast<double>(seen))
    move_to(circuit_state::ramp, "probes succeeded", now);
  else
    open(probes_failed_ > 0, "no verdict in time", now, random);
}

bool circuit::same_as(const circuit_snapshot& seen) const {
  return seen.state == state_ && seen.forced == forced_
         && (forced_ == forced_state::none || same_end(seen.forced_until, forced_until_));
}

bool circuit::adopt(const circuit_snapshot& seen, tick now) {
  if (seen.generation < generation_ || (seen.generation == generation_ && same_as(seen)))
    return false;
  if (seen.state == circuit_state::closed)
    openings_ = 0;
  else if (seen.state == circuit_state::open && state_ != circuit_state::open)
    ++openings_;
  else
    openings_ = std::max(openings_, 1U);
  move_to(seen.state, "told by another replica", now);
  generation_ = seen.generation;
  forced_ = seen.forced;
  forced_until_ = seen.forced_until;
  next_last_resort_ = now + rules_.last_resort_pause;
  if (seen.state == circuit_state::open)
    open_until_ = std::clamp(seen.open_until, now, now + 2 * rules_.open_cap);
  return true;
}

/// Whoever probes next starts its count anew, so the results so far are dropped.
void circuit::set_prober(bool may_probe) {
  if (!rules_.shared || prober_ == may_probe)
    return;
  prober_ = may_probe;
  if (!may_probe && state_ != circuit_state::closed && state_ != circuit_state::ramp)
    forget_probes();
}

std::optional<tick> circuit::needs_probe_lease_from() const {
  if (forced_ == forced_state::open || forced_ == forced_state::closed)
    return std::nullopt;
  if (state_ == circuit_state::half_open)
    return since_;
  if (state_ == circuit_state::open)
    return open_until_;
  return std::nullopt;
}

} // namespace tinybook
