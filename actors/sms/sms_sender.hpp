#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/sms/admission.hpp"
#include "actors/sms/circuit.hpp"
#include "actors/sms/prefetched_permits.hpp"
#include "actors/sms/probe_lease.hpp"
#include "actors/sms/provider_alerts.hpp"
#include "actors/sms/sender_messages.hpp"
#include "actors/sms/sms_worker.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "storage/provider_states.hpp"
#include "storage/support/random.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sms_sender_config {
  std::string name; ///< Of the provider.
  std::chrono::milliseconds timeout{0};
  /// How much longer than `timeout` the sender waits: the client's own timeouts come
  /// first, for they can tell more about what went wrong.
  std::chrono::milliseconds grace{250};
  /// The longest Retry-After that is honoured, whatever the provider asks for.
  std::chrono::milliseconds max_retry_after{0};
  admission_rules admission;
  circuit_rules circuit;
  std::chrono::milliseconds store_timeout{0};
  /// How long an answer to `get_status` waits for the monitor.
  std::chrono::milliseconds monitor_patience{500};
  /// Other replicas send through the same provider and share its circuit in the database.
  bool shared = false;
  std::string replica; ///< This one's name.
  /// How often it reads the state that the others have stored, jittered by a quarter: the
  /// bound within which all replicas adopt a forced or an open circuit.
  std::chrono::milliseconds look_period{1000};
  probe_lease_rules probe;
  permit_rules permits; ///< For a rate that holds over all replicas.
  std::chrono::milliseconds limiter_timeout{500};
};

/// All that a sender needs of the failover supervisor.
using places_watcher_actor = actor_for<provider_places>;

/// The actors that the sender of a provider tells and asks.
struct sms_sender_peers {
  address<error_rate_monitor_actor> monitor;
  address<places_watcher_actor> supervisor;
  store_address<provider_state_store_actor> states;
  /// Gives `permits`; nothing where the rate is this replica's own.
  std::optional<address<rate_limiter_actor>> limiter{};
};

/// Sends through one provider: tells the supervisor how many messages it takes, as its
/// limits and its circuit allow, whenever that changes, and runs each blocking call on a
/// worker with a thread of its own. There are at most `max_in_flight` workers, each made
/// when first needed. Every send is answered within `timeout + grace`: a call that has
/// not returned by then is ambiguous, and its worker counts as busy until it really
/// returns.
///
/// A second send of a client reference that is under way joins the first, so that a
/// supervisor that was restarted in between does not send it twice.
///
/// The circuit's state is stored at each transition and loaded at start; nothing is
/// taken before it has been loaded. Where replicas share the database, a state that
/// another one has stored is adopted within `look_period`, and only the holder of the
/// probe lease probes. A crash loses the rate window, the pause after a throttle, the
/// progress of a half-open circuit or a ramp (they start anew), and the outcomes under
/// way: who waits for one takes it as ambiguous.
class sms_sender_state {
 public:
  using actor_type = sms_sender_actor;

  sms_sender_state(self_pointer<actor_type> self, sms_sender_config config,
                   sms_worker_spawner spawn_worker, sms_sender_peers peers,
                   wall_clock clock, std::shared_ptr<random_source> random);
  ~sms_sender_state();
  sms_sender_state(const sms_sender_state&) = delete;
  sms_sender_state& operator=(const sms_sender_state&) = delete;

  actor_type::behavior_type make_behavior();

 private:
  enum class worker_phase : std::uint8_t { none, idle, sending, hung };
  struct worker {
    std::optional<sms_worker_handle> handle;
    worker_phase phase = worker_phase::none;
  };
  /// An operator's force until it is stored.
  struct forcing {
    pending_reply<done> reply;
    force_provider command;
  };

  // sms_sender.cpp: places, permits of a shared rate, calls and what is told of them.
  [[nodiscard]] provider_places places();
  void tell_places();
  void want(std::int64_t wanted);
  task<result<done>> fetch_permits(std::int64_t batches);
  void return_unused_permits();
  task<result<last_resort_answer>> grant_last_resort();
  caf::result<send_outcome> take(send_sms& command);
  task<result<send_outcome>> send(send_sms command);
  [[nodiscard]] std::optional<std::uint64_t> begin(const send_sms& command);
  task<send_outcome> call(std::size_t index, outgoing_sms message);
  send_outcome no_answer(std::size_t index, const failure& why);
  task<result<done>> watch_hung(std::size_t index);
  void free_worker(std::size_t index, worker_phase phase);
  void count(std::uint64_t generation, const send_outcome& outcome);
  void stop();
  void stop_if_idle();
  [[nodiscard]] std::size_t pick_worker();
  task<result<actor_status>> status();
  [[nodiscard]] actor_status own_status();
  [[nodiscard]] provider_condition condition() const;
  [[nodiscard]] provider_row row();

  // sms_sender_circuit.cpp: the circuit, its monitor, its store, and what replicas share.
  void load();
  void loaded(const storage::provider_state_list& list);
  void timer_due(const timer_fired& fired);
  void error_rate(const error_rate_seen& seen);
  caf::result<done> force(const force_provider& command);
  void apply(const force_provider& command);
  void lift_pause();
  void tell_operators();
  void cut();
  void advance_circuit();
  void circuit_moved();
  void announce();
  void tell_monitor();
  void save();
  void saved(std::vector<forcing> waiting, const result<storage::state_saved>& answer);
  void arm();
  [[nodiscard]] storage::provider_state stored_state() const;
  [[nodiscard]] tick tick_of(wall_time at) const;
  [[nodiscard]] wall_time wall_of(tick at) const;
  void load_shared_state(bool confirms);
  void take_stored_state(const storage::provider_state_list& list,
                         std::uint64_t saves_before);
  void adopt(const storage::provider_state& row);
  [[nodiscard]] circuit_snapshot snapshot_of(const storage::provider_state& row) const;
  [[nodiscard]] bool may_probe() const;
  [[nodiscard]] bool needs_probe_lease() const;
  void maintain_probe_lease();
  void claim_probe_lease();
  [[nodiscard]] std::string holder() const;
  [[nodiscard]] std::optional<tick> next_shared() const;

  [[nodiscard]] tick now() const { return self_->clock().now(); }

  self_pointer<actor_type> self_;
  sms_sender_config config_;
  sms_worker_spawner spawn_worker_;
  sms_sender_peers peers_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  admission admission_;
  prefetched_permits permits_;
  circuit circuit_;
  provider_alerts alerts_;
  timer timer_;
  std::uint64_t seen_generation_ = 1; ///< Of the circuit, as announced last.
  provider_places told_;              ///< What the supervisor was told last.
  std::int64_t taken_ = 0;            ///< As in `provider_places`.
  tick permits_refused_until_{};
  bool fetching_ = false; ///< Permits are on their way.
  bool loaded_ = false;   ///< The stored state of the circuit is known.
  bool unsaved_ = false;
  bool saving_ = false;
  std::vector<forcing> forcing_; ///< Answered when the state is stored.
  std::optional<tick> store_again_at_;
  std::string forced_by_;
  std::string force_reason_;
  probe_lease probe_lease_;
  std::string instance_; ///< Part of the lease holder's name: differs after a crash.
  bool lease_confirmed_ = false; ///< The stored state was read since the grant.
  bool confirm_next_ = false;    ///< The read under way began before the grant.
  bool looking_ = false;
  std::uint64_t saves_ = 0;
  std::optional<tick> next_look_;
  tick last_resort_until_{}; ///< A last resort was asked for; keeps the probe lease.
  std::vector<worker> workers_;
  /// By client reference: who joined the send that is under way.
  std::map<std::string, std::vector<pending_reply<send_outcome>>> under_way_;
  std::array<std::uint64_t, outcome_classes> outcomes_{}; ///< By `outcome_class`.
  std::uint64_t timeouts_ = 0;
  std::uint64_t joined_ = 0;
  bool stopping_ = false;
};

} // namespace tinybook
