#include "actors/sms/sms_sender.hpp"

#include "actors/sms/seconds.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <iterator>
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
      [this](const get_status&) { return begin_journey(self_, "status", status()); },
      [this](const shut_down&) { stop(); },
      [this](const timer_fired& fired) { timer_due(fired); },
      [this](const want_places& asked) { want(asked.wanted); },
      [this](const ask_last_resort&) {
        return begin_journey(self_, "last resort", grant_last_resort());
      },
      [this](send_sms& command) { return take(command); },
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

provider_places sms_sender_state::places() {
  provider_places out{config_.name, self_->id(), taken_};
  out.retry_after = config_.admission.recheck;
  if (stopping_ || !loaded_)
    return out;
  const auto room = circuit_.room();
  if (room <= 0) {
    if (circuit_.state() != circuit_state::half_open)
      if (const auto next = circuit_.next_change())
        out.retry_after = std::max(ceil<milliseconds>(*next - now()), milliseconds{0});
    out.why = circuit_.is_open() ? refusal::open : refusal::busy;
    return out;
  }
  const auto free = admission_.free(now());
  out.free = std::min({room, free.count, permits_.left(now())});
  if (free.count == 0)
    out.retry_after = free.retry_after;
  else if (now() < permits_refused_until_)
    out.retry_after = ceil<milliseconds>(permits_refused_until_ - now());
  if (admission_.paused_for(now()).count() > 0)
    out.why = refusal::paused;
  return out;
}

/// Only what the supervisor does not know yet: of what it was told it subtracts what it
/// has sent since.
void sms_sender_state::tell_places() {
  auto now_free = places();
  if (now_free.free == 0)
    arm(); // They may come back with time alone.
  const auto known = told_.free - (taken_ - told_.taken);
  if (told_.life == now_free.life && known == now_free.free && told_.why == now_free.why)
    return;
  told_ = now_free;
  tell(peers_.supervisor, std::move(now_free));
}

/// Permits are taken only when there is something to send: they are of the second in
/// which they were taken.
void sms_sender_state::want(std::int64_t wanted) {
  advance_circuit();
  told_.life = 0; // The supervisor may be a new one: tell it in any case.
  const auto room = std::min(circuit_.room(), admission_.free(now()).count);
  const auto batches = fetching_ || now() < permits_refused_until_
                           ? 0
                           : permits_.batches_needed(std::min(wanted, room), now());
  if (batches > 0 && loaded_ && !stopping_)
    start_journey(self_, "fetch permits", fetch_permits(batches));
  else
    tell_places();
}

task<result<done>> sms_sender_state::fetch_permits(std::int64_t batches) {
  fetching_ = true;
  std::vector<task<result<permits>>> requests;
  for (std::int64_t i = 0; i < batches; ++i)
    requests.push_back(ask_as_task(*peers_.limiter, config_.limiter_timeout,
                                   take_permits{permits_.rules().limits}));
  auto wait = config_.admission.recheck;
  bool any = false;
  for (const auto& answer : co_await when_all(std::move(requests))) {
    if (!answer)
      permits_.limiter_failed(now());
    else if (answer->decision.admitted())
      permits_.add_batch(now());
    else
      wait = std::min(wait, ceil<milliseconds>(answer->decision.retry_after));
    any = any || !answer || answer->decision.admitted();
  }
  fetching_ = false;
  if (!any)
    permits_refused_until_ = now() + std::max(wait, milliseconds{1});
  tell_places();
  arm();
  co_return done{};
}

/// What one replica does not use another may.
void sms_sender_state::return_unused_permits() {
  auto batches = permits_.unused_batches(now());
  if (batches == 0)
    return;
  std::vector<std::string> keys;
  for (const auto& rule : permits_.rules().limits)
    keys.push_back(rule.key);
  for (; batches > 0; --batches)
    tell(*peers_.limiter, return_permits{keys});
}

task<result<last_resort_answer>> sms_sender_state::grant_last_resort() {
  if (stopping_ || !loaded_)
    co_return last_resort_answer{};
  advance_circuit();
  last_resort_until_ = now() + last_resort_wish;
  maintain_probe_lease();
  if (!circuit_.last_resort(now()) || admission_.free(now()).count == 0)
    co_return last_resort_answer{};
  if (permits_.left(now()) == 0 && !fetching_)
    (void)co_await fetch_permits(1);
  co_return last_resort_answer{permits_.left(now()) > 0};
}

/// A client reference that is under way joins the send that it has.
caf::result<send_outcome> sms_sender_state::take(send_sms& command) {
  const auto same = under_way_.find(command.message.client_ref);
  if (same == under_way_.end())
    return begin_journey(self_, "send", send(std::move(command)));
  ++taken_;
  ++joined_;
  tell_places();
  return same->second.emplace_back(self_).promise();
}

task<result<send_outcome>> sms_sender_state::send(send_sms command) {
  const auto generation = begin(command);
  ++taken_;
  tell_places();
  if (!generation)
    co_return failure{errc::overloaded,
                      std::max(config_.admission.recheck, admission_.paused_for(now()))};
  const auto client_ref = command.message.client_ref;
  under_way_[client_ref];
  auto outcome = co_await call(pick_worker(), std::move(command.message));
  count(*generation, outcome);
  const auto joined = under_way_.extract(client_ref);
  for (const auto& reply : joined.mapped())
    reply(outcome);
  stop_if_idle();
  co_return outcome;
}

/// Begins a call at the circuit, takes a place and a permit. Returns the circuit's
/// generation, or nothing where the message may not go out now.
std::optional<std::uint64_t> sms_sender_state::begin(const send_sms& command) {
  advance_circuit();
  if (stopping_ || !loaded_ || clock_() >= command.message.expires_at
      || admission_.free(now()).count == 0 || permits_.left(now()) == 0)
    return std::nullopt;
  const auto generation = circuit_.begin(now(), command.last_resort);
  if (!generation)
    return std::nullopt;
  (void)admission_.begin(now());
  (void)permits_.take(1, now());
  if (circuit_.probing() > 0)
    arm(); // A probe has a deadline.
  return generation;
}

/// One call to the provider, on a worker of its own.
task<send_outcome> sms_sender_state::call(std::size_t index, outgoing_sms message) {
  workers_[index].phase = worker_phase::sending;
  auto answer = co_await ask(workers_[index].handle->at, config_.timeout + config_.grace,
                             run_send{std::move(message), config_.timeout});
  if (!answer)
    co_return no_answer(index, answer.error());
  free_worker(index, worker_phase::idle);
  answer->retry_after = std::min(answer->retry_after, config_.max_retry_after);
  co_return std::move(*answer);
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

/// The client hangs or its worker died: nobody knows whether the message went out.
send_outcome sms_sender_state::no_answer(std::size_t index, const failure& why) {
  send_outcome outcome;
  outcome.took = config_.timeout + config_.grace;
  if (why.code == errc::deadline_exceeded) {
    ++timeouts_;
    outcome.provider_code = "timeout";
    outcome.text = "no answer in time";
    workers_[index].phase = worker_phase::hung;
    start_journey(self_, "hung", watch_hung(index));
  } else {
    outcome.provider_code = "worker";
    outcome.text = "the provider's client was lost";
    free_worker(index, worker_phase::none);
  }
  return outcome;
}

/// A worker handles one message after the other: it answers this when the call has
/// returned.
task<result<done>> sms_sender_state::watch_hung(std::size_t index) {
  while (true) {
    const auto answer =
        co_await ask(workers_[index].handle->at, hung_probe, get_status{});
    if (code_of(answer) == errc::deadline_exceeded)
      continue;
    free_worker(index, answer ? worker_phase::idle : worker_phase::none);
    tell_places();
    co_return done{};
  }
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
  tell_places();
  tell_operators();
  arm();
}

/// Sends under way are answered within their timeout, so the stop needs no bound of its
/// own.
void sms_sender_state::stop() {
  stopping_ = true;
  tell_places();
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

/// Includes the monitor's gauges, so that error rate, threshold and state are shown
/// together.
task<result<actor_status>> sms_sender_state::status() {
  advance_circuit();
  auto seen = co_await ask(peers_.monitor, config_.monitor_patience, get_status{});
  auto out = own_status();
  if (seen)
    std::ranges::move(seen->gauges, std::back_inserter(out.gauges));
  else
    out.facts.push_back({"monitor", "does not answer"});
  co_return out;
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
      {"free", static_cast<double>(places().free), limit},
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
