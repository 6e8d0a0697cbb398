#include "actors/sms/messages.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// Until a store that failed is asked again.
constexpr std::chrono::seconds store_pause{1};

} // namespace

void sms_sender_state::load() {
  ask(self_, peers_.states, config_.store_timeout, storage::load_provider_states{},
      [this](const result<storage::provider_state_list>& list) {
        if (list) {
          loaded(*list);
        } else {
          self_.meter->health.note_error(
              "provider states: " + std::string{describe(list.error().code).name},
              clock_());
          store_again_at_ = now() + store_pause;
          arm();
        }
      });
}

void sms_sender_state::loaded(const storage::provider_state_list& list) {
  const auto it =
      std::ranges::find(list.states, config_.name, &storage::provider_state::provider);
  if (it != list.states.end() && config_.shared) {
    adopt(*it);
  } else if (it != list.states.end()) {
    circuit_.restore(circuit_state_from(it->state).value_or(circuit_state::closed),
                     static_cast<std::uint64_t>(it->generation), tick_of(it->open_until),
                     now());
    const auto forced = forced_state_from(it->forced).value_or(forced_state::none);
    const bool ended = it->forced_until != wall_time{} && it->forced_until <= clock_();
    if (forced != forced_state::none && !ended) {
      circuit_.force(forced,
                     it->forced_until == wall_time{}
                         ? std::nullopt
                         : std::optional{tick_of(it->forced_until)},
                     now());
      forced_by_ = it->forced_by;
      force_reason_ = it->reason;
    }
  }
  loaded_ = true;
  seen_generation_ = circuit_.generation();
  if (config_.shared)
    next_look_ = now() + config_.look_period;
  tell_monitor();
  tell_operators();
  arm();
  tell_admits();
}

void sms_sender_state::timer_due(const timer_fired& fired) {
  if (!timer_.fired(fired))
    return;
  if (store_again_at_ && *store_again_at_ <= now()) {
    store_again_at_.reset();
    loaded_ ? save() : load();
  }
  if (next_look_ && *next_look_ <= now())
    look_up(false);
  look_at_circuit();
  tell_operators();
  tell_admits();
  arm();
}

void sms_sender_state::error_rate(const error_rate_seen& seen) {
  circuit_.set_threshold(seen.threshold);
  if (seen.generation != circuit_.generation()) {
    tell_monitor(); // It has started anew, or our word was on its way.
    return;
  }
  if (!seen.trip.empty())
    circuit_.trip(seen.generation, seen.trip, now(), *random_);
  look_at_circuit();
}

caf::result<done> sms_sender_state::force(const force_provider& command) {
  if (!loaded_)
    return to_error(errc::unavailable);
  auto promise =
      forcing_.emplace_back(pending_reply<done>{self_}, command).reply.promise();
  apply(command);
  return promise;
}

void sms_sender_state::apply(const force_provider& command) {
  circuit_.force(command.state,
                 command.until == wall_time{} ? std::nullopt
                                              : std::optional{tick_of(command.until)},
                 now());
  const bool lifted = command.state == forced_state::none;
  forced_by_ = lifted ? "" : command.action.by;
  force_reason_ = lifted ? "" : command.action.reason;
  unsaved_ = true;
  lift_pause();
  look_at_circuit();
  tell_operators();
  save();
}

/// An operator's word ends the pause that the provider has asked for, too.
void sms_sender_state::lift_pause() {
  if (admission_.paused_for(now()).count() == 0)
    return;
  admission_.resume();
  refused_ = false;
  tell(peers_.supervisor, provider_admits{config_.name, true});
}

/// To whoever was sent away, once that is over.
void sms_sender_state::tell_admits() {
  if (circuit_.room(0) > 0 && admission_.paused_for(now()).count() == 0
      && std::exchange(refused_, false))
    tell(peers_.supervisor, provider_admits{config_.name});
}

void sms_sender_state::tell_operators() {
  if (loaded_)
    news_.tell(condition(), clock_(), now());
}

/// What is due by time; then whoever must know of a transition learns it.
void sms_sender_state::look_at_circuit() {
  circuit_.set_prober(has_right());
  circuit_.advance(now(), *random_);
  admission_.set_share(circuit_.share(now()));
  if (circuit_.generation() != seen_generation_)
    circuit_moved();
  mind_right();
}

void sms_sender_state::circuit_moved() {
  unsaved_ = true;
  if (circuit_.forced() == forced_state::none)
    forced_by_ = force_reason_ = "";
  announce();
  tell_operators();
  save();
  arm();
}

void sms_sender_state::announce() {
  seen_generation_ = circuit_.generation();
  tell_monitor();
  tell_admits();
}

void sms_sender_state::tell_monitor() {
  tell(peers_.monitor, watch_circuit{circuit_.generation(), circuit_.learns()});
}

/// One write at a time, always of the newest state.
void sms_sender_state::save() {
  if (!unsaved_ || saving_ || !loaded_)
    return;
  unsaved_ = false;
  saving_ = true;
  ask(self_, peers_.states, config_.store_timeout,
      storage::save_provider_state{stored_state()},
      [this, waiting = std::exchange(forcing_, {})](
          const result<storage::state_saved>& answer) mutable {
        saved(std::move(waiting), answer);
      });
}

void sms_sender_state::saved(std::vector<forcing> waiting,
                             const result<storage::state_saved>& answer) {
  saving_ = false;
  ++saves_;
  if (answer)
    right_.heard(now());
  if (answer && !answer->kept) {
    // Another replica was faster: an operator's word is said again on top of that.
    forcing_.insert(forcing_.begin(), std::make_move_iterator(waiting.begin()),
                    std::make_move_iterator(waiting.end()));
    look_up(false);
    return;
  }
  for (const auto& w : waiting)
    w.reply(as_done(answer));
  if (!answer) {
    unsaved_ = true;
    store_again_at_ = now() + store_pause;
    arm();
    return;
  }
  save();
  mind_right();
}

void sms_sender_state::arm() {
  auto next = circuit_.next_change();
  const auto paused = admission_.paused_for(now());
  const auto pause_end =
      paused.count() > 0 ? std::optional{now() + paused} : std::nullopt;
  for (const auto& other : {store_again_at_, next_shared(), pause_end})
    if (other)
      next = next ? std::min(*next, *other) : *other;
  if (next)
    timer_.arm(std::max(ceil<milliseconds>(*next - now()), milliseconds{0}));
  else
    timer_.disarm();
}

storage::provider_state sms_sender_state::stored_state() const {
  storage::provider_state out;
  out.provider = config_.name;
  out.state = std::string{to_string(circuit_.state())};
  out.generation = static_cast<std::int64_t>(circuit_.generation());
  if (circuit_.state() == circuit_state::open)
    out.open_until = wall_of(circuit_.open_until());
  out.forced = std::string{to_string(circuit_.forced())};
  if (const auto until = circuit_.forced_until())
    out.forced_until = wall_of(*until);
  out.forced_by = forced_by_;
  out.reason =
      circuit_.forced() == forced_state::none ? circuit_.reason() : force_reason_;
  out.changed_at = clock_();
  return out;
}

tick sms_sender_state::tick_of(wall_time at) const {
  return now() + (at - clock_());
}

wall_time sms_sender_state::wall_of(tick at) const {
  return clock_() + ceil<milliseconds>(at - now());
}

} // namespace tinybook
