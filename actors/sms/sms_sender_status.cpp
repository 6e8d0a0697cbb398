#include "actors/sms/seconds.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

/// With what the monitor sees, so that one look shows error rate, threshold and state.
caf::result<actor_status> sms_sender_state::status() {
  pending_reply<actor_status> reply{self_};
  look_at_circuit();
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
  out.provider = config_.name;
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
    out.facts.push_back({"right_to_probe", !right_.held(at) ? "no"
                                           : right_.alone() ? "alone: no store"
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
  look_at_circuit();
  return {config_.name, true, condition(), admission_.in_flight(), outcomes_};
}

} // namespace tinybook
