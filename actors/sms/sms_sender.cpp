#include "actors/sms/sms_sender.hpp"

#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

/// How long a hung worker is waited for at once; asked again and again.
constexpr std::chrono::seconds hung_probe{60};

send_outcome refused(milliseconds retry_after) {
  return {outcome_class::throttled,       "",          "no_slot",
          "the sender has no free place", retry_after, {}};
}

} // namespace

sms_sender_state::sms_sender_state(self_pointer<actor_type> self,
                                   sms_sender_config config,
                                   sms_worker_spawner spawn_worker, wall_clock clock)
    : self_(std::move(self)),
      config_(std::move(config)),
      spawn_worker_(std::move(spawn_worker)),
      clock_(std::move(clock)),
      admission_(config_.admission),
      workers_(static_cast<std::size_t>(config_.admission.max_in_flight)) {}

sms_sender_state::~sms_sender_state() {
  for (auto& w : workers_)
    if (w.at) {
      caf::anon_send_exit(w.at->get(), caf::exit_reason::user_shutdown);
      w.at->clear(); // Others list it: none may ask it any more.
    }
}

auto sms_sender_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { stop(); },
      [](const timer_fired&) {},
      [this](const reserve_slots& command) { return reserve(command); },
      [this](const release_slots& command) { admission_.release(command.count, now()); },
      [this](send_sms& command) { return send(command); },
  };
}

provider_slots sms_sender_state::reserve(const reserve_slots& command) {
  if (stopping_)
    return {0, clock_() + config_.admission.recheck};
  const auto answer = admission_.reserve(command.wanted, now());
  return {answer.granted, clock_() + answer.retry_after};
}

caf::result<send_outcome> sms_sender_state::send(send_sms& command) {
  auto& message = command.message;
  if (auto same = under_way_.find(message.client_ref); same != under_way_.end()) {
    admission_.release(1, now());
    ++joined_;
    return same->second.emplace_back(self_).promise();
  }
  if (stopping_ || !admission_.begin(now()))
    return refused(config_.admission.recheck);
  auto client_ref = message.client_ref;
  auto promise = under_way_[client_ref].emplace_back(self_).promise();
  const auto index = pick_worker();
  workers_[index].phase = worker_phase::sending;
  ask(self_, *workers_[index].at, config_.timeout + config_.grace,
      run_send{std::move(message), config_.timeout},
      [this, index, client_ref](result<send_outcome> answer) {
        settle(index, client_ref, std::move(answer));
      });
  return promise;
}

/// There is one, for a place in flight was free.
std::size_t sms_sender_state::pick_worker() {
  auto idle = std::ranges::find(workers_, worker_phase::idle, &worker::phase);
  if (idle == workers_.end())
    idle = std::ranges::find(workers_, worker_phase::none, &worker::phase);
  const auto index = static_cast<std::size_t>(idle - workers_.begin());
  if (!idle->at)
    idle->at =
        spawn_worker_(self_->system(), config_.name + ".worker." + std::to_string(index));
  return index;
}

void sms_sender_state::settle(std::size_t index, const std::string& client_ref,
                              result<send_outcome> answer) {
  send_outcome outcome;
  if (answer) {
    outcome = std::move(*answer);
    free_worker(index, worker_phase::idle);
  } else {
    outcome = no_answer(index, answer.error());
  }
  count(outcome);
  auto waiting = under_way_.extract(client_ref);
  for (auto& reply : waiting.mapped())
    reply(outcome);
  stop_if_idle();
}

/// The client hangs, or its worker died: nobody knows whether the message went out.
send_outcome sms_sender_state::no_answer(std::size_t index, const failure& why) {
  send_outcome outcome;
  outcome.took = config_.timeout + config_.grace;
  if (why.code == errc::deadline_exceeded) {
    ++timeouts_;
    outcome.provider_code = "timeout";
    outcome.text = "no answer in time";
    workers_[index].phase = worker_phase::hung;
    watch_hung(index);
  } else {
    outcome.provider_code = "worker";
    outcome.text = "the provider's client was lost";
    free_worker(index, worker_phase::none);
  }
  return outcome;
}

/// A worker handles its messages in turn: it answers this when the call has returned.
void sms_sender_state::watch_hung(std::size_t index) {
  ask(self_, *workers_[index].at, hung_probe, get_status{},
      [this, index](const result<actor_status>& answer) {
        if (!answer && answer.error().code == errc::deadline_exceeded)
          watch_hung(index);
        else
          free_worker(index, answer ? worker_phase::idle : worker_phase::none);
      });
}

void sms_sender_state::free_worker(std::size_t index, worker_phase phase) {
  workers_[index].phase = phase;
  if (phase == worker_phase::none)
    workers_[index].at.reset();
  admission_.finish();
}

void sms_sender_state::count(const send_outcome& outcome) {
  ++outcomes_[static_cast<std::size_t>(outcome.kind)];
  if (outcome.kind == outcome_class::delivered)
    return;
  if (outcome.kind == outcome_class::throttled)
    admission_.throttled(outcome.retry_after, now());
  last_error_ = std::string{to_string(outcome.kind)} + " " + outcome.provider_code + " "
                + outcome.text;
}

/// What is under way is answered within the timeout: no bound of its own is needed.
void sms_sender_state::stop() {
  stopping_ = true;
  stop_if_idle();
}

void sms_sender_state::stop_if_idle() {
  if (stopping_ && under_way_.empty())
    self_->quit(caf::exit_reason::user_shutdown);
}

actor_status sms_sender_state::status() {
  const auto at = now();
  const auto& rules = config_.admission;
  const auto limit = static_cast<double>(rules.max_in_flight);
  const auto workers = [&](worker_phase phase) {
    return static_cast<double>(std::ranges::count(workers_, phase, &worker::phase));
  };
  const auto outcomes = [&](outcome_class kind) {
    return gauge{std::string{to_string(kind)},
                 static_cast<double>(outcomes_[static_cast<std::size_t>(kind)])};
  };
  const auto paused = admission_.paused_for(at);
  actor_status out;
  out.gauges = {
      {"in_flight", static_cast<double>(admission_.in_flight()), limit},
      {"reserved", static_cast<double>(admission_.reserved(at)), limit},
      {"workers", limit - workers(worker_phase::none), limit},
      {"hung_workers", workers(worker_phase::hung), limit},
      {"paused_ms", static_cast<double>(paused.count())},
      outcomes(outcome_class::delivered),
      outcomes(outcome_class::throttled),
      outcomes(outcome_class::rejected),
      outcomes(outcome_class::provider_down),
      outcomes(outcome_class::ambiguous),
      {"timeouts", static_cast<double>(timeouts_)},
      {"joined", static_cast<double>(joined_)},
  };
  if (rules.rate_per_second > 0)
    out.gauges.push_back({"rate_tokens_left",
                          static_cast<double>(admission_.tokens_left(at)),
                          static_cast<double>(rules.rate_per_second)});
  out.facts = {{"state", stopping_            ? "stopping"
                         : paused.count() > 0 ? "paused by the provider"
                                              : "open"},
               {"last_error", last_error_}};
  return out;
}

} // namespace tinybook
