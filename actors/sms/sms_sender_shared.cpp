#include "actors/sms/sms_sender.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

constexpr double look_jitter = 0.25;

} // namespace

std::chrono::milliseconds jittered_look(milliseconds period, random_source& random) {
  return backoff_delay({period, 1, look_jitter, period}, 0, random);
}

/// Reads what the others have decided. With `confirms`: the right to probe has just come
/// here, and is not used before it is known what its last holder has found out.
void sms_sender_state::look_up(bool confirms) {
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
        next_look_ = now() + jittered_look(config_.look_period, *random_);
        if (list) {
          right_.heard(now());
          take_word(*list, saves);
          right_confirmed_ = right_confirmed_ || confirms;
        } else {
          self_.meter->health.note_error(
              "provider states: " + std::string{describe(list.error().code).name},
              clock_());
          confirm_next_ = confirm_next_ || confirms;
        }
        look_at_circuit();
        if (list && std::exchange(confirm_next_, false))
          look_up(true);
        arm();
      });
}

void sms_sender_state::take_word(const storage::provider_state_list& list,
                                 std::uint64_t saves_before) {
  const auto it =
      std::ranges::find(list.states, config_.name, &storage::provider_state::provider);
  if (it == list.states.end())
    return;
  const auto theirs = static_cast<std::uint64_t>(it->generation);
  // Ours may have been written since, or be on its way.
  const bool ours_is_there = !saving_ && !unsaved_ && saves_ == saves_before;
  if (theirs > circuit_.generation()
      || (ours_is_there && theirs == circuit_.generation()))
    adopt(*it);
  else if (ours_is_there)
    unsaved_ = true; // A restored database: it has forgotten what we know.
  if (!forcing_.empty() && !saving_)
    apply(force_provider{forcing_.back().command});
  save();
}

void sms_sender_state::adopt(const storage::provider_state& row) {
  const auto before = circuit_.generation();
  if (!circuit_.adopt(word_of(row), now()))
    return;
  if (circuit_.generation() - before >= circuit::operator_step)
    lift_pause();
  unsaved_ = false;
  forced_by_ = row.forced_by;
  force_reason_ = row.forced.empty() ? "" : row.reason;
  admission_.set_share(circuit_.share(now()));
  announce();
  tell_operators();
}

circuit_word sms_sender_state::word_of(const storage::provider_state& row) const {
  circuit_word out;
  out.state = circuit_state_from(row.state).value_or(circuit_state::closed);
  out.generation = static_cast<std::uint64_t>(row.generation);
  out.open_until = tick_of(row.open_until);
  out.forced = forced_state_from(row.forced).value_or(forced_state::none);
  if (row.forced_until != wall_time{})
    out.forced_until = tick_of(row.forced_until);
  return out;
}

bool sms_sender_state::has_right() const {
  return !config_.shared || (right_.held(now()) && (right_confirmed_ || right_.alone()));
}

bool sms_sender_state::wants_right() const {
  if (stopping_)
    return false;
  const auto from = circuit_.wants_right_from();
  return from && (*from <= now() || last_resort_until_ > now() || circuit_.probing() > 0);
}

/// Claims the right when it is of use, keeps it, and gives it back once it is not and the
/// verdict is stored.
void sms_sender_state::mind_right() {
  if (!config_.shared || !loaded_)
    return;
  if (!right_.held(now()))
    right_confirmed_ = false;
  if (wants_right()) {
    if (right_.due(now()))
      claim_right();
    return;
  }
  if (unsaved_ || saving_)
    return;
  const storage::release_probe release{config_.name, holder()};
  if (right_.give_back(now()))
    ask(self_, peers_.states, config_.store_timeout, release, [](const result<done>&) {});
  circuit_.set_prober(has_right());
}

void sms_sender_state::claim_right() {
  const bool renewed = right_.held(now()) && right_confirmed_;
  right_.asked(now());
  ask(self_, peers_.states, config_.store_timeout,
      storage::claim_probe{config_.name, holder(), clock_(), config_.probe.lease},
      [this, renewed](const result<storage::probe_claim>& claim) {
        if (!claim)
          right_.failed(now());
        else if (claim->granted)
          right_.granted(now());
        else
          right_.refused(now());
        if (claim && claim->granted && !renewed)
          look_up(true);
        look_at_circuit();
        arm();
      });
}

std::string sms_sender_state::holder() const {
  return config_.replica + "/" + instance_ + "." + std::to_string(right_.serial());
}

std::optional<tick> sms_sender_state::next_shared() const {
  if (!config_.shared || !loaded_)
    return std::nullopt;
  auto next = next_look_;
  const auto earlier = [&](tick at) {
    next = next ? std::min(*next, at) : at;
  };
  if (wants_right()) {
    if (const auto claim = right_.next_claim())
      earlier(*claim);
  } else if (const auto from = circuit_.wants_right_from(); from && !stopping_) {
    earlier(std::max(*from, now()));
  }
  return next;
}

} // namespace tinybook
