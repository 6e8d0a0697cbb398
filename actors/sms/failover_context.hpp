#pragma once

#include "actors/codes/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/sms/agenda.hpp"
#include "actors/sms/claim_plan.hpp"
#include "actors/sms/delivery_alerts.hpp"
#include "actors/sms/delivery_plan.hpp"
#include "actors/sms/delivery_times.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/provider_roster.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/sms/sending_pause.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "storage/support/keyring.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

struct failover_supervisor_config {
  delivery_rules rules;
  std::chrono::milliseconds lease{0}; ///< At least two provider timeouts.
  /// What must be left of a lease beyond the provider's timeout when a send begins.
  std::chrono::milliseconds lease_margin{1'000};
  claim_rules claims;
  std::int64_t max_backlog = 0; ///< Rows that may wait; beyond: refused. 0 = off.
  /// The states of the codes are in the database: a claim tells which are wanted.
  bool codes_in_store = false;
  std::chrono::days retention{0};
  /// Other replicas share the database. Where none do, the process holds it alone, and at
  /// start every lease is an old one of ours.
  bool shared = false;
  std::string replica; ///< The name of this one among them.
  /// How often it looks whether another replica has paused everything or lifted that.
  std::chrono::milliseconds look_period{1'000};
  probe_lease_rules probe; ///< Of the one last resort over all replicas.
  default_timeout store_timeout{};
  std::chrono::milliseconds cache_timeout{2'000};
  std::chrono::milliseconds sender_grace{1'000}; ///< Beyond the provider's timeout.
  std::chrono::milliseconds poll_period{5'000};  ///< While something waits in the store.
  std::chrono::milliseconds expire_period{5'000};
  std::chrono::milliseconds history_period{std::chrono::hours{1}};
  /// Of a stop: how long calls may take, and how long the outcomes of those that are cut
  /// off then may take to be written.
  std::chrono::milliseconds drain_bound{0};
  std::chrono::milliseconds write_bound{700};
  retry_budget_rules budget; ///< Of each provider.
  /// How long it is remembered that a provider cannot send to a region.
  std::chrono::milliseconds region_memory{0};
  /// Purposes whose message goes to no other provider after an ambiguous result.
  std::vector<std::string> single_copy_purposes;
  std::chrono::milliseconds resend_timeout{0}; ///< Of a new code after a bad report.
};

/// One provider as the supervisor reaches it, in the order of preference.
struct provider_link {
  std::string name;
  address<sms_sender_actor> sender;
  std::chrono::milliseconds timeout{0};
  std::uint32_t weight = 0;
  number_routes routes{};
};

[[nodiscard]] inline std::vector<roster_entry>
roster_of(const std::vector<provider_link>& providers) {
  std::vector<roster_entry> out;
  for (const auto& p : providers)
    out.push_back({p.name, p.weight, p.routes});
  return out;
}

/// All that the supervisor needs of the code cache.
using code_judge_actor = actor_for<is_code_wanted>;

/// All that it needs of the verification actor, which makes the codes and puts their
/// messages into the outbox.
using code_resender_actor = actor_for<resend_code, outbox_full>;

/// Whom the supervisor asks, beside the senders.
struct failover_peers {
  store_address<sms_outbox_actor> outbox;
  store_address<sms_archive_actor> archive;
  store_address<provider_state_store_actor> states;
  address<code_judge_actor> codes;
  address<code_resender_actor> resender;
};

/// Since the start.
struct delivery_counts {
  std::uint64_t submitted = 0; ///< By this process.
  std::uint64_t claims = 0;
  std::uint64_t claimed = 0;
  std::uint64_t tries = 0;
  std::uint64_t rescheduled = 0;
  std::uint64_t delivered = 0;
  std::uint64_t expired = 0;
  std::uint64_t dead = 0;
  std::uint64_t lease_too_short = 0; ///< Dropped before a send.
  std::uint64_t leases_lost = 0;     ///< Found out by a fence.
  std::uint64_t store_failures = 0;
  std::uint64_t not_admitted = 0; ///< Given back by a sender: no attempt.
  std::uint64_t resent = 0;       ///< New codes after bad reports.
  std::uint64_t redriven = 0;
  std::uint64_t discarded = 0;
  delivery_times times;
};

/// What the parts of the failover supervisor share.
struct failover_context {
  self_pointer<failover_supervisor_actor> self;
  failover_supervisor_config config;
  failover_peers peers;
  std::vector<provider_link> providers; ///< As in `roster`.
  std::shared_ptr<const keyring> keys;
  wall_clock clock;
  std::shared_ptr<random_source> random;

  provider_roster roster{roster_of(providers), config.budget, config.region_memory};
  agenda due{};
  timer alarm{self, 1}; ///< The one for all that is due.
  std::optional<tick> armed_for{};
  sending_pause pause{};
  delivery_alerts alerts{self.meter};
  delivery_counts counts{};
  bool stopping = false;

  [[nodiscard]] tick now() const { return self->clock().now(); }
  void note_error(const std::string& text) const {
    self.meter->health.note_error(text, clock());
  }

  // In a journey: asks a part of the store.
  template <class Command>
  asking<Command> ask_outbox(Command what) const {
    return ask(peers.outbox, config.store_timeout, std::move(what));
  }
  template <class Command>
  asking<Command> ask_archive(Command what) const {
    return ask(peers.archive, config.store_timeout, std::move(what));
  }
  template <class Command>
  asking<Command> ask_states(Command what) const {
    return ask(peers.states, config.store_timeout, std::move(what));
  }

  void schedule(duty what, std::chrono::milliseconds after) {
    schedule_at(what, now() + after);
  }
  void schedule_at(duty what, tick at) {
    due.add(what, at);
    arm();
  }
  /// Anew only for an earlier moment.
  void arm() {
    using std::chrono::milliseconds;
    const auto next = due.next();
    if (!next || (armed_for && *armed_for <= *next))
      return;
    armed_for = next;
    alarm.arm(std::max(std::chrono::ceil<milliseconds>(*next - now()), milliseconds{0}));
  }

  /// By an operator. Its end, if that is known, is a time to claim.
  [[nodiscard]] bool paused() {
    if (const auto left = pause.ends_in(clock()))
      schedule(duty::claim, std::min(*left, config.poll_period));
    return pause.holds(clock());
  }
  [[nodiscard]] bool may_send() { return !stopping && !paused(); }
  void tell_pause() {
    if (pause.known())
      alerts.pause(paused() ? &pause.word() : nullptr, clock());
  }
};

} // namespace tinybook
