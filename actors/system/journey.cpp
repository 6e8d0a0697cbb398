#include "actors/system/journey.hpp"

#include <algorithm>
#include <cassert>

namespace tinybook {

namespace {

// An id has 60 bits. The first tells it from those that CAF gives out, which count from
// 1; then 32 bits of uses, then 24 of the place.
constexpr std::uint64_t mark = std::uint64_t{1} << 59U;
constexpr unsigned place_bits = 24;
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;

} // namespace

waiter::~waiter() {
  if (of_ != nullptr)
    of_->of->owner->forget(*this);
}

void journeys::link(journey& one) {
  one.next = first_;
  if (first_ != nullptr)
    first_->previous = &one;
  first_ = &one;
  if (one.known_as != nullptr)
    *one.known_as = &one;
  ++count_;
}

void journeys::unlink(journey& one) {
  (one.previous != nullptr ? one.previous->next : first_) = one.next;
  if (one.next != nullptr)
    one.next->previous = one.previous;
  if (one.known_as != nullptr)
    *one.known_as = nullptr;
  --count_;
}

void journeys::clear() {
  while (first_ != nullptr)
    end(*first_);
}

void journeys::rethrow() {
  if (thrown_)
    std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void journeys::wait(waiter& who, detail::frame_promise& of, std::coroutine_handle<> frame,
                    deadline until) {
  if (free_.empty()) {
    assert(places_.size() < place_mask);
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  who.of_ = &of;
  who.frame_ = frame;
  who.slot_ = free_.back();
  free_.pop_back();
  places_[who.slot_].who = &who;
  const bool first = until < next_deadline();
  who.place_ = waits_.emplace(until, &who);
  if (first)
    deadline_set();
}

caf::message_id journeys::request_id_of(const waiter& who) const {
  return caf::make_message_id(
      mark | (std::uint64_t{places_[who.slot_].uses} << place_bits) | who.slot_);
}

void journeys::forget(waiter& who) {
  auto& left = places_[who.slot_];
  left.who = nullptr;
  left.held = std::move(who.held_);
  if (!left.held)
    free_place(who.slot_);
  waits_.erase(who.place_);
  who.of_ = nullptr;
}

void journeys::free_place(std::uint32_t at) {
  places_[at].held.reset();
  ++places_[at].uses;
  free_.push_back(at);
}

void journeys::resume(const detail::frame_promise& of, std::coroutine_handle<> frame) {
  auto& owner = *of.of->owner;
  owner.goes_on(of.due);
  frame.resume(); // Who waited may be gone afterwards, and its journey too.
  owner.rethrow();
}

void journeys::resume(waiter& who) {
  const auto& of = *who.of_;
  forget(who);
  resume(of, who.frame_);
}

bool journeys::take(caf::mailbox_element& answer) {
  const auto id = answer.mid.request_id().integer_value();
  if (!answer.mid.is_response() || (id & mark) == 0)
    return false;
  const auto at = static_cast<std::uint32_t>(id & place_mask);
  const auto uses = static_cast<std::uint32_t>((id & ~mark) >> place_bits);
  const bool known = at < places_.size() && places_[at].uses == uses;
  if (!known || places_[at].who == nullptr) {
    ++late_;
    if (known && places_[at].held)
      free_place(at);
    return true;
  }
  auto& who = *places_[at].who;
  who.answered(answer);
  who.held_.reset();
  resume(who);
  return true;
}

void journeys::run_out() {
  while (run_out_one())
    continue;
}

bool journeys::run_out_one() {
  if (next_deadline() == no_deadline || next_deadline() > now())
    return false;
  auto& who = *waits_.begin()->second;
  who.ran_out();
  resume(who);
  return true;
}

void journeys::add_gauges(actor_status& to) const {
  struct tally {
    std::size_t count = 0;
    deadline oldest = deadline::max();
  };
  std::map<std::string_view, tally> kinds;
  for (const auto* one = first_; one != nullptr; one = one->next) {
    auto& kind = kinds[one->kind];
    ++kind.count;
    kind.oldest = std::min(kind.oldest, one->began);
  }
  for (const auto& [kind, of] : kinds) {
    const gauge_labels labels{{"journey", std::string{kind}}};
    const std::chrono::duration<double> age = now() - of.oldest;
    to.gauges.push_back({"journeys", static_cast<double>(of.count), -1, labels});
    to.gauges.push_back({"oldest_journey_seconds", age.count(), -1, labels});
  }
}

bool pause::begin(detail::frame_promise& of, std::coroutine_handle<> frame) {
  auto& owner = *of.of->owner;
  const auto until = owner.now() + length_;
  in_time_ = until <= of.due;
  if (in_time_)
    owner.wait(*this, of, frame, until);
  return in_time_;
}

} // namespace tinybook
