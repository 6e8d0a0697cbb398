#pragma once

#include "actors/codes/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/sms/claim_gate.hpp"
#include "actors/sms/delivery_alerts.hpp"
#include "actors/sms/delivery_plan.hpp"
#include "actors/sms/delivery_times.hpp"
#include "actors/sms/failover_supervisor_agenda.hpp"
#include "actors/sms/last_resort_turn.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/outbox_view.hpp"
#include "actors/sms/provider_roster.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/sms/region_refusals.hpp"
#include "actors/sms/report_desk.hpp"
#include "actors/sms/retry_budget.hpp"
#include "actors/sms/row_in_flight.hpp"
#include "actors/sms/sending_pause.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "storage/support/keyring.hpp"

#include <chrono>
#include <cstdint>
#include <map>
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
  std::chrono::milliseconds store_timeout{0};
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

/// The life of the SMS outbox.
///
/// A row is claimed only when a sender has a place for it; everything else stays in the
/// store, so memory is bounded by the senders' places, which they tell by themselves.
/// Each step of a row (still wanted? which provider? try, note, again or end) is decided
/// by `decide_delivery` and written before the next: reschedules and ends are fenced by
/// the lease token, an acceptance is monotone and repeated until the store has it. Rows
/// that wait for their backoff go back to the store as READY; one timer serves the
/// earliest of them.
///
/// Leases are looked at on the monotonic clock, from the moment at which they were asked
/// for: a jump of the wall clock neither ends nor prolongs one.
///
/// Where replicas share the database, a pause of one holds on all within `look_period`,
/// and of all replicas one at a time sends last resorts.
///
/// A crash loses the rows in flight, whose leases are reclaimed at the next start (or
/// when they run out, where other processes share the database), and the outcomes of
/// sends under way: such a message is sent again with the same client reference.
class failover_supervisor_state {
 public:
  using actor_type = failover_supervisor_actor;

  failover_supervisor_state(self_pointer<actor_type> self,
                            failover_supervisor_config config, failover_peers peers,
                            std::vector<provider_link> providers,
                            std::shared_ptr<const keyring> keys, wall_clock clock,
                            std::shared_ptr<random_source> random);

  actor_type::behavior_type make_behavior();

 private:
  struct counters {
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
  };

  // failover_supervisor.cpp: the door, the clock, the stop.
  void changed(const outbox_changed& told);
  void tell_if_full();
  void added(std::int64_t rows);
  void ended(std::int64_t rows);
  void counted(const storage::outbox_depth& depth);
  void stop();
  void quit_if_drained();
  void timer_due(const timer_fired& fired);
  void schedule(duty what, std::chrono::milliseconds after);
  void arm();

  // failover_supervisor_claiming.cpp: from the store into flight.
  task<result<done>> start();
  void wake();
  void maybe_claim();
  [[nodiscard]] std::optional<std::size_t> find_places(std::int64_t wanted);
  void ask_for_places(std::size_t provider, std::int64_t wanted);
  void nobody_admits();
  task<result<done>> claim(std::size_t provider, std::int64_t held);
  task<result<done>> claim_last_resort();
  task<result<done>> claim_last_resort_lease();
  void told_places(const provider_places& places);
  /// The rows of a replica that died are found soon after their leases have run out.
  [[nodiscard]] std::chrono::milliseconds reclaim_period() const {
    return config_.shared ? config_.lease / 3 : config_.lease;
  }
  void take(std::size_t provider, std::int64_t held, storage::message_list claimed,
            tick lease_ends);
  void take_row(std::size_t provider, storage::sms_message row, tick lease_ends,
                std::optional<still_wanted> wanted);
  void leave_place(row_in_flight& r);
  void give_back(std::size_t provider, std::int64_t count);
  void tell_if_none_can_send(const std::vector<std::size_t>& providers);
  task<result<done>> look();

  // failover_supervisor_delivering.cpp: one message, and its steps.
  class listing;
  task<result<done>> deliver(row_in_flight claimed);
  task<done> check(row_in_flight* r);
  [[nodiscard]] delivery_decision decide(const row_in_flight& r);
  task<bool> send(row_in_flight* r);
  void count_try(const row_in_flight& r);
  void not_tried(row_in_flight& r);
  task<result<done>> reschedule(row_in_flight* r, wait_until wait);
  task<result<done>> end(row_in_flight* r, finish why);
  [[nodiscard]] std::optional<storage::sms_attempt> attempt_of(const row_in_flight& r);
  void note_region(const row_in_flight& r);

  // failover_supervisor_writing.cpp: what came of it, into the store.
  enum class written : std::uint8_t {
    kept,
    lost, ///< The lease is another's.
    given_up,
  };
  template <class Command>
  task<written> write(row_in_flight* r, Command what);
  void count_end(const row_in_flight& r, const storage::finish_message& end);
  void store_failed(const failure& why);
  void store_answered();

  // failover_supervisor_upkeep.cpp: by the clock.
  void heartbeat();
  task<result<done>> extend(message_id id, std::int64_t token);
  task<result<done>> reclaim();
  task<result<done>> expire();
  task<result<done>> remove_history();

  // failover_supervisor_operating.cpp: reports of providers, actions of operators.
  task<result<receipts_taken>> take_reports(take_receipts command);
  task<result<storage::receipt_fate>> note_report(storage::receipt report);
  task<result<done>> join_early_reports();
  void noted(const storage::receipt& report, const storage::receipt_noted& answer);
  task<result<done>> resend(resend_code command);
  task<result<done>> end_by_report(storage::finish_message end);
  task<result<sms_accepted>> redrive(redrive_sms command);
  task<result<done>> discard(discard_sms command);
  task<result<done>> force(force_provider command);
  task<result<done>> set_pause(force_provider command);
  task<result<done>> load_pause();
  void pause_loaded(const storage::provider_state_list& list);
  [[nodiscard]] bool paused();
  void tell_pause();

  // failover_supervisor_status.cpp
  task<result<actor_status>> status();
  [[nodiscard]] actor_status gauges();
  task<result<provider_table>> list();
  void add_regions(provider_table& to);

  [[nodiscard]] tick now() const { return self_->clock().now(); }

  self_pointer<actor_type> self_;
  failover_supervisor_config config_;
  failover_peers peers_;
  std::vector<provider_link> providers_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;

  provider_roster roster_;
  agenda agenda_;
  timer timer_;
  std::optional<tick> armed_for_;
  std::map<message_id, row_in_flight*> rows_; ///< Those of the deliveries under way.
  claim_gate gate_;
  outbox_view outbox_;
  bool looking_ = false;
  bool told_full_ = false;
  /// One a provider: when it was asked last, unless it has told since.
  std::vector<std::optional<tick>> asked_for_places_;
  bool stopping_ = false;
  counters counts_;
  std::vector<retry_budget> budgets_; ///< One a provider.
  region_refusals region_refusals_;
  last_resort_turn last_resort_;
  std::string instance_;
  sending_pause pause_;
  report_desk reports_;
  delivery_times times_;
  delivery_alerts alerts_;
};

} // namespace tinybook
