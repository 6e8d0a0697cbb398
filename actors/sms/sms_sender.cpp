#include "actors/sms/sms_sender.hpp"

#include "actors/sms/seconds.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// The timeout of the request that waits for a hung worker; repeated until it answers.
constexpr std::chrono::seconds hung_probe{60};

/// How long the probe lease is kept for last resorts after one was asked for.
constexpr std::chrono::seconds last_resort_wish{5};

circuit_rules rules_of(const sms_sender_config& config) {
  auto rules = config.circuit;
  rules.shared = config.shared;
  return rules;
}

} // namespace

sms_sender_state::sms_sender_state(self_pointer<actor_type> self,
                                   sms_sender_config config,
                                   sms_worker_spawner spawn_worker,
                                   sms_sender_peers peers, wall_clock clock,
                                   std::shared_ptr<random_source> random)
    : self_(self),
      config_(std::move(config)),
      spawn_worker_(std::move(spawn_worker)),
      peers_(std::move(peers)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      admission_(config_.admission),
      permits_(peers_.limiter ? config_.permits : permit_rules{}),
      circuit_(rules_of(config_), self_->clock().now()),
      alerts_(self.meter, config_.name),
      timer_(self, 1),
      probe_lease_(config_.probe, self->clock().now()),
      instance_(config_.shared ? random_id(*random_, 6) : ""),
      workers_(static_cast<std::size_t>(config_.admission.max_in_flight)) {}

sms_sender_state::~sms_sender_state() {
  for (auto& w : workers_)
    if (w.handle) {
      w.handle->cut(); // A hanging call would keep the thread busy.
      caf::anon_send_exit(w.handle->at.get(), caf::exit_reason::user_shutdown);
      w.handle->at.clear(); // It is listed elsewhere, and must not be asked any more.
    }
}

auto sms_sender_state::make_behavior() -> actor_type::behavior_type {
  load();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { stop(); },
      [this](const timer_fired& fired) { timer_due(fired); },
      [this](const reserve_slots& command) { return reserve_with_permits(command); },
      [this](const release_slots& command) { release(command.count); },
      [this](send_sms& command) { return send(command); },
      [this](const force_provider& command) { return force(command); },
      [this](const describe_provider&) { return row(); },
      [this](const cut_calls&) { cut(); },
      [this](const note_lost_message&) {
        tell(peers_.monitor, record_call{outcome_class::provider_down, milliseconds{0},
                                         circuit_.generation()});
      },
      [this](const error_rate_seen& seen) { error_rate(seen); },
  };
}

provider_slots sms_sender_state::reserve(const reserve_slots& command) {
  if (stopping_ || !loaded_)
    return {0, config_.admission.recheck};
  advance_circuit();
  const auto room = admitted(command);
  if (room <= 0) {
    refused_ = true;
    auto wait = config_.admission.recheck;
    if (circuit_.state() != circuit_state::half_open)
      if (const auto next = circuit_.next_change())
        wait = std::chrono::ceil<milliseconds>(*next - now());
    return {0, wait, circuit_.is_open() ? refusal::open : refusal::busy};
  }
  const auto answer = admission_.reserve(std::min(command.wanted, room), now());
  const bool paused = admission_.paused_for(now()).count() > 0;
  refused_ = refused_ || paused;
  return {answer.granted, answer.retry_after, paused ? refusal::paused : refusal::busy};
}

std::int64_t sms_sender_state::admitted(const reserve_slots& command) {
  const auto reserved = admission_.reserved(now());
  if (command.last_resort) {
    last_resort_until_ = now() + last_resort_wish;
    maintain_probe_lease();
  }
  if (command.last_resort && circuit_.last_resort(now()))
    return reserved == 0 ? 1 : 0;
  return circuit_.room(reserved);
}

caf::result<send_outcome> sms_sender_state::send(send_sms& command) {
  auto& message = command.message;
  if (auto same = under_way_.find(message.client_ref); same != under_way_.end()) {
    release(1);
    ++joined_;
    return same->second.emplace_back(self_).promise();
  }
  const auto generation =
      clock_() < message.expires_at ? begin(command.last_resort) : std::nullopt;
  if (!generation) {
    release(1);
    return to_error({errc::overloaded,
                     std::max(config_.admission.recheck, admission_.paused_for(now()))});
  }
  auto client_ref = message.client_ref;
  auto promise = under_way_[client_ref].emplace_back(self_).promise();
  const auto index = pick_worker();
  workers_[index].phase = worker_phase::sending;
  workers_[index].generation = *generation;
  ask(self_, workers_[index].handle->at, config_.timeout + config_.grace,
      run_send{std::move(message), config_.timeout},
      [this, index, client_ref](result<send_outcome> answer) {
        settle(index, client_ref, std::move(answer));
      });
  return promise;
}

/// Begins a call at the circuit and takes a place. Returns the circuit's generation, or
/// nothing where the message may not go out now; a place that was reserved before the
/// provider asked for a pause does not help.
std::optional<std::uint64_t> sms_sender_state::begin(bool last_resort) {
  advance_circuit();
  const bool shut = stopping_ || !loaded_ || admission_.paused_for(now()).count() > 0;
  const auto generation = shut ? std::nullopt : circuit_.begin(now(), last_resort);
  if (!generation)
    return std::nullopt;
  if (!admission_.begin(now())) {
    circuit_.finish(*generation, outcome_class::throttled, now(), *random_);
    return std::nullopt;
  }
  if (circuit_.probing() > 0)
    arm(); // A probe has a deadline.
  return generation;
}

/// There is a free one, for a place was free.
std::size_t sms_sender_state::pick_worker() {
  auto idle = std::ranges::find(workers_, worker_phase::idle, &worker::phase);
  if (idle == workers_.end())
    idle = std::ranges::find(workers_, worker_phase::none, &worker::phase);
  const auto index = static_cast<std::size_t>(idle - workers_.begin());
  if (!idle->handle)
    idle->handle =
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
  outcome.retry_after = std::min(outcome.retry_after, config_.max_retry_after);
  count(workers_[index].generation, outcome);
  auto waiting = under_way_.extract(client_ref);
  for (auto& reply : waiting.mapped())
    reply(outcome);
  stop_if_idle();
}

/// The client hangs or its worker died: nobody knows whether the message went out.
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

/// A worker handles one message after the other: it answers this when the call has
/// returned.
void sms_sender_state::watch_hung(std::size_t index) {
  ask(self_, workers_[index].handle->at, hung_probe, get_status{},
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
    workers_[index].handle.reset();
  admission_.finish();
}

void sms_sender_state::count(std::uint64_t generation, const send_outcome& outcome) {
  ++outcomes_[static_cast<std::size_t>(outcome.kind)];
  circuit_.finish(generation, outcome.kind, now(), *random_);
  tell(peers_.monitor, record_call{outcome.kind, outcome.took, generation});
  advance_circuit();
  auto& health = self_.meter->health;
  if (outcome.kind == outcome_class::delivered)
    return health.error_ends(clock_());
  health.note_error(std::string{to_string(outcome.kind)} + " " + outcome.provider_code
                        + " " + outcome.text,
                    clock_());
  if (outcome.kind != outcome_class::throttled)
    return;
  admission_.throttled(outcome.retry_after, now());
  refused_ = true;
  tell_operators();
  arm();
}

/// Sends under way are answered within their timeout, so the stop needs no bound of its
/// own.
void sms_sender_state::stop() {
  stopping_ = true;
  maintain_probe_lease();
  stop_if_idle();
}

void sms_sender_state::stop_if_idle() {
  if (stopping_ && under_way_.empty())
    self_->quit(caf::exit_reason::user_shutdown);
}

void sms_sender_state::cut() {
  for (const auto& worker : workers_)
    if (worker.handle)
      worker.handle->cut();
}

/// Reserves places first, then takes permits for them: places that the shared rate does
/// not allow are released at once.
caf::result<provider_slots>
sms_sender_state::reserve_with_permits(const reserve_slots& command) {
  const auto slots = reserve(command);
  const auto requests =
      slots.granted > 0 ? permits_.batches_needed(slots.granted, now()) : 0;
  if (requests == 0)
    return settle_permits(slots, config_.admission.recheck);
  struct round {
    std::int64_t open;
    milliseconds retry_after;
  };
  auto all = std::make_shared<round>(round{requests, config_.admission.recheck});
  pending_reply<provider_slots> reply{self_};
  for (std::int64_t i = 0; i < requests; ++i)
    ask(self_, *peers_.limiter, config_.limiter_timeout,
        take_permits{permits_.rules().limits},
        [this, all, slots, reply](const result<permits>& answer) {
          if (!answer)
            permits_.limiter_failed(now());
          else if (answer->decision.admitted())
            permits_.add_batch(now());
          else
            all->retry_after = std::min(all->retry_after,
                                        ceil<milliseconds>(answer->decision.retry_after));
          if (--all->open == 0)
            reply(settle_permits(slots, all->retry_after));
        });
  return reply.promise();
}

provider_slots sms_sender_state::settle_permits(provider_slots slots,
                                                milliseconds retry_after) {
  if (!permits_.shared() || slots.granted == 0)
    return slots;
  const auto allowed = permits_.take(slots.granted, now());
  (void)admission_.release(slots.granted - allowed, now());
  slots.granted = allowed;
  if (allowed == 0)
    slots.retry_after = std::max(retry_after, milliseconds{1});
  return slots;
}

void sms_sender_state::release(std::int64_t count) {
  const auto counted = admission_.release(count, now());
  if (!permits_.shared())
    return;
  std::vector<std::string> keys;
  for (const auto& rule : permits_.rules().limits)
    keys.push_back(rule.key);
  for (auto batches = permits_.put_back(counted, now()); batches > 0; --batches)
    tell(*peers_.limiter, return_permits{keys});
}

/// Includes the monitor's gauges, so that error rate, threshold and state are shown
/// together.
caf::result<actor_status> sms_sender_state::status() {
  pending_reply<actor_status> reply{self_};
  advance_circuit();
  ask(self_, peers_.monitor, config_.monitor_patience, get_status{},
      [this, reply](result<actor_status> seen) {
        auto out = own_status();
        if (seen)
          std::ranges::move(seen->gauges, std::back_inserter(out.gauges));
        else
          out.facts.push_back({"monitor", "does not answer"});
        reply(std::move(out));
      });
  return reply.promise();
}

actor_status sms_sender_state::own_status() {
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
  const auto where = condition();
  actor_status out;
  out.labels = {{"provider", config_.name}};
  out.gauges = {
      {"in_flight", static_cast<double>(admission_.in_flight()), limit},
      {"reserved", static_cast<double>(admission_.reserved(at)), limit},
      {"workers", limit - workers(worker_phase::none), limit},
      {"hung_workers", workers(worker_phase::hung), limit},
      {"paused_ms", static_cast<double>(paused.count())},
      outcomes(outcome_class::delivered),
      outcomes(outcome_class::throttled),
      outcomes(outcome_class::number_limited),
      outcomes(outcome_class::not_here),
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
  const auto next = circuit_.next_change();
  const bool open = circuit_.state() == circuit_state::open;
  out.gauges.push_back({"circuit", static_cast<double>(circuit_.state()), 3});
  out.gauges.push_back({"in_state_s", as_seconds(at - circuit_.since())});
  out.gauges.push_back(
      {"next_probe_in_s", open && next ? std::max(0.0, as_seconds(*next - at)) : 0});
  out.gauges.push_back({"probing", static_cast<double>(circuit_.probing()),
                        static_cast<double>(config_.circuit.probes_at_once)});
  out.gauges.push_back({"share", circuit_.share(at), 1});
  out.gauges.push_back({"generation", static_cast<double>(circuit_.generation())});
  out.facts = {{"circuit", std::string{to_string(where.circuit)}},
               {"circuit_reason", where.circuit_reason},
               {"forced", std::string{to_string(where.forced)}},
               {"forced_by", where.forced_by},
               {"force_reason", where.force_reason},
               {"paused_until", where.paused_until == wall_time{}
                                    ? ""
                                    : format_rfc3339(where.paused_until)},
               {"state", stopping_            ? "stopping"
                         : !loaded_           ? "waiting for the store"
                         : paused.count() > 0 ? "paused by the provider"
                                              : "running"}};
  if (config_.shared)
    out.facts.push_back({"right_to_probe", !probe_lease_.held(at) ? "no"
                                           : probe_lease_.without_store()
                                               ? "alone: no store"
                                               : "yes"});
  return out;
}

provider_condition sms_sender_state::condition() const {
  provider_condition out;
  out.circuit = circuit_.state();
  out.circuit_reason = circuit_.reason();
  out.forced = circuit_.forced();
  if (out.forced != forced_state::none) {
    out.forced_by = forced_by_;
    out.force_reason = force_reason_;
  }
  if (const auto until = circuit_.forced_until())
    out.forced_until = wall_of(*until);
  if (const auto paused = admission_.paused_for(now()); paused.count() > 0)
    out.paused_until = clock_() + paused;
  return out;
}

provider_row sms_sender_state::row() {
  advance_circuit();
  return {config_.name, true, condition(), admission_.in_flight(), outcomes_};
}

} // namespace tinybook
