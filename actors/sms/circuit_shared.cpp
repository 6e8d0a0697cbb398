#include "actors/sms/circuit.hpp"

#include <algorithm>

namespace tinybook {

namespace {

/// Ends of a forced state that differ by less are the same one, read on two clocks.
constexpr std::chrono::seconds clock_error{1};

bool same_end(const std::optional<tick>& a, const std::optional<tick>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return std::chrono::abs(*a - *b) < clock_error;
}

} // namespace

bool circuit::stands_as(const circuit_word& seen) const {
  return seen.state == state_ && seen.forced == forced_
         && (forced_ == forced_state::none || same_end(seen.forced_until, forced_until_));
}

bool circuit::adopt(const circuit_word& seen, tick now) {
  if (seen.generation < generation_
      || (seen.generation == generation_ && stands_as(seen)))
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

/// What the probes have told so far is nothing to whoever probes next.
void circuit::set_prober(bool right) {
  if (!rules_.shared || prober_ == right)
    return;
  prober_ = right;
  if (!right && state_ != circuit_state::closed && state_ != circuit_state::ramp)
    forget_probes();
}

std::optional<tick> circuit::wants_right_from() const {
  if (forced_ == forced_state::open || forced_ == forced_state::closed)
    return std::nullopt;
  if (state_ == circuit_state::half_open)
    return since_;
  if (state_ == circuit_state::open)
    return open_until_;
  return std::nullopt;
}

} // namespace tinybook
