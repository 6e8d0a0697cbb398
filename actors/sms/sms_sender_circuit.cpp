#include "actors/sms/messages.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// How long to wait before a store that failed is asked again.
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
  tell_places();
}

void sms_sender_state::timer_due(const timer_fired& fired) {
  if (!timer_.fired(fired))
    return;
  if (store_again_at_ && *store_again_at_ <= now()) {
    store_again_at_.reset();
    loaded_ ? save() : load();
  }
  if (next_look_ && *next_look_ <= now())
    load_shared_state(false);
  advance_circuit();
  return_unused_permits();
  tell_operators();
  tell_places();
  arm();
}

void sms_sender_state::error_rate(const error_rate_seen& seen) {
  circuit_.set_threshold(seen.threshold);
  if (seen.generation != circuit_.generation()) {
    tell_monitor(); // It has restarted, or our message was under way.
    return;
  }
  if (!seen.trip.empty())
    circuit_.trip(seen.generation, seen.trip, now(), *random_);
  advance_circuit();
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
  advance_circuit();
  tell_operators();
  save();
}

/// An operator's force also ends the pause that the provider has asked for.
void sms_sender_state::lift_pause() {
  if (admission_.paused_for(now()).count() == 0)
    return;
  admission_.resume();
  told_ = places();
  told_.lifted = true;
  tell(peers_.supervisor, provider_places{told_});
}

void sms_sender_state::tell_operators() {
  if (loaded_)
    alerts_.tell(condition(), clock_(), now());
}

/// Makes the transitions that are due by time and announces them.
void sms_sender_state::advance_circuit() {
  circuit_.set_prober(may_probe());
  circuit_.advance(now(), *random_);
  admission_.set_share(circuit_.share(now()));
  if (circuit_.generation() != seen_generation_)
    circuit_moved();
  maintain_probe_lease();
  tell_places();
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
    probe_lease_.store_answered(now());
  if (answer && !answer->kept) {
    // Another replica was faster: an operator's force is applied again on top of its
    // state.
    forcing_.insert(forcing_.begin(), std::make_move_iterator(waiting.begin()),
                    std::make_move_iterator(waiting.end()));
    load_shared_state(false);
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
  maintain_probe_lease();
}

void sms_sender_state::arm() {
  auto next = circuit_.next_change();
  const auto paused = admission_.paused_for(now());
  const auto pause_end =
      paused.count() > 0 ? std::optional{now() + paused} : std::nullopt;
  // Places come back with time where the rate or a permit is wanting.
  const auto free = admission_.free(now());
  const auto rate_end = free.count == 0 && admission_.tokens_left(now()) == 0
                            ? std::optional{now() + free.retry_after}
                            : std::nullopt;
  for (const auto& other :
       {store_again_at_, next_shared(), pause_end, rate_end, permits_.next_end()})
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

/// Reads the states that the others have stored. With `confirms`: the probe lease has
/// just been granted, and is not used before the verdict of its last holder is known.
void sms_sender_state::load_shared_state(bool confirms) {
  if (!config_.shared || !loaded_)
    return;
  if (looking_) {
    confirm_next_ = confirm_next_ || confirms;
    return;
  }
  looking_ = true;
  next_look_.reset();
  ask(self_, peers_.states, config_.store_timeout, storage::load_provider_states{},
      [this, confirms, saves = saves_](const result<storage::provider_state_list>& list) {
        looking_ = false;
        next_look_ = now() + jittered_period(config_.look_period, *random_);
        if (list) {
          probe_lease_.store_answered(now());
          take_stored_state(*list, saves);
          lease_confirmed_ = lease_confirmed_ || confirms;
        } else {
          self_.meter->health.note_error(
              "provider states: " + std::string{describe(list.error().code).name},
              clock_());
          confirm_next_ = confirm_next_ || confirms;
        }
        advance_circuit();
        if (list && std::exchange(confirm_next_, false))
          load_shared_state(true);
        arm();
      });
}

void sms_sender_state::take_stored_state(const storage::provider_state_list& list,
                                         std::uint64_t saves_before) {
  const auto it =
      std::ranges::find(list.states, config_.name, &storage::provider_state::provider);
  if (it == list.states.end())
    return;
  const auto theirs = static_cast<std::uint64_t>(it->generation);
  // Ours may have been written since the read, or is being written.
  const bool ours_is_there = !saving_ && !unsaved_ && saves_ == saves_before;
  if (theirs > circuit_.generation()
      || (ours_is_there && theirs == circuit_.generation()))
    adopt(*it);
  else if (ours_is_there)
    unsaved_ = true; // The database was restored and is behind us.
  if (!forcing_.empty() && !saving_)
    apply(force_provider{forcing_.back().command});
  save();
}

void sms_sender_state::adopt(const storage::provider_state& row) {
  const auto before = circuit_.generation();
  if (!circuit_.adopt(snapshot_of(row), now()))
    return;
  if (circuit_.generation() - before >= circuit::operator_step)
    lift_pause();
  unsaved_ = false;
  forced_by_ = row.forced_by;
  force_reason_ = row.forced.empty() ? "" : row.reason;
  admission_.set_share(circuit_.share(now()));
  announce();
  tell_places();
  tell_operators();
}

circuit_snapshot sms_sender_state::snapshot_of(const storage::provider_state& row) const {
  circuit_snapshot out;
  out.state = circuit_state_from(row.state).value_or(circuit_state::closed);
  out.generation = static_cast<std::uint64_t>(row.generation);
  out.open_until = tick_of(row.open_until);
  out.forced = forced_state_from(row.forced).value_or(forced_state::none);
  if (row.forced_until != wall_time{})
    out.forced_until = tick_of(row.forced_until);
  return out;
}

bool sms_sender_state::may_probe() const {
  return !config_.shared
         || (probe_lease_.held(now())
             && (lease_confirmed_ || probe_lease_.without_store()));
}

bool sms_sender_state::needs_probe_lease() const {
  if (stopping_)
    return false;
  const auto from = circuit_.needs_probe_lease_from();
  return from && (*from <= now() || last_resort_until_ > now() || circuit_.probing() > 0);
}

/// Claims the probe lease when it is needed, renews it, and releases it once it is not
/// needed any more and the verdict is stored.
void sms_sender_state::maintain_probe_lease() {
  if (!config_.shared || !loaded_)
    return;
  if (!probe_lease_.held(now()))
    lease_confirmed_ = false;
  if (needs_probe_lease()) {
    if (probe_lease_.due(now()))
      claim_probe_lease();
    return;
  }
  if (unsaved_ || saving_)
    return;
  const storage::release_probe release{config_.name, holder()};
  if (probe_lease_.release(now()))
    ask(self_, peers_.states, config_.store_timeout, release, [](const result<done>&) {});
  circuit_.set_prober(may_probe());
}

void sms_sender_state::claim_probe_lease() {
  const bool renewed = probe_lease_.held(now()) && lease_confirmed_;
  probe_lease_.claim_sent(now());
  ask(self_, peers_.states, config_.store_timeout,
      storage::claim_probe{config_.name, holder(), clock_(), config_.probe.lease},
      [this, renewed](const result<storage::probe_claim>& claim) {
        if (!claim)
          probe_lease_.claim_failed(now());
        else if (claim->granted)
          probe_lease_.granted(now());
        else
          probe_lease_.refused(now());
        if (claim && claim->granted && !renewed)
          load_shared_state(true);
        advance_circuit();
        arm();
      });
}

std::string sms_sender_state::holder() const {
  return config_.replica + "/" + instance_ + "." + std::to_string(probe_lease_.serial());
}

std::optional<tick> sms_sender_state::next_shared() const {
  if (!config_.shared || !loaded_)
    return std::nullopt;
  auto next = next_look_;
  const auto earlier = [&](tick at) {
    next = next ? std::min(*next, at) : at;
  };
  if (needs_probe_lease()) {
    if (const auto claim = probe_lease_.next_claim())
      earlier(*claim);
  } else if (const auto from = circuit_.needs_probe_lease_from(); from && !stopping_) {
    earlier(std::max(*from, now()));
  }
  return next;
}

} // namespace tinybook
