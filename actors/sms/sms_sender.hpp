#pragma once

#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/sms/admission.hpp"
#include "actors/sms/circuit.hpp"
#include "actors/sms/permit_stock.hpp"
#include "actors/sms/probe_right.hpp"
#include "actors/sms/provider_news.hpp"
#include "actors/sms/sender_messages.hpp"
#include "actors/sms/worker.hpp"
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
  std::chrono::milliseconds timeout{5000};
  /// The client's own timeouts come first, for they know more; the sender waits as much
  /// longer before it gives the client up.
  std::chrono::milliseconds grace{250};
  /// The longest Retry-After that counts, whatever the provider names.
  std::chrono::milliseconds max_retry_after{std::chrono::seconds{60}};
  admission_rules admission;
  circuit_rules circuit;
  std::chrono::milliseconds store_timeout{5000};
  std::chrono::milliseconds monitor_patience{500}; ///< In an answer to `get_status`.
  /// Other replicas send through the same provider and share its circuit in the database.
  bool shared = false;
  std::string replica; ///< The name of this one among them.
  /// How often it looks at what the others have decided, jittered by a quarter: the bound
  /// within which a forced or an open circuit is one everywhere.
  std::chrono::milliseconds look_period{1000};
  probe_right_rules probe;
  permit_rules permits; ///< Of a rate that holds over all replicas.
  std::chrono::milliseconds limiter_timeout{500};
};

/// Whom the sender of a provider tells and asks.
struct sms_sender_peers {
  address<error_rate_monitor_actor> monitor;
  address<failover_supervisor_actor> supervisor;
  store_address<provider_state_store_actor> states;
  /// Where `permits` are taken; nothing where the rate is this replica's own.
  std::optional<address<rate_limiter_actor>> limiter{};
};

/// The door to one provider: says how many messages it takes now, as its limiter and its
/// circuit allow, and runs each blocking call on a worker with a thread of its own, at
/// most `max_in_flight`, made when first needed. Every send is answered within `timeout +
/// grace`: a call that has not returned by then is ambiguous, and its worker counts as
/// busy until it really returns.
///
/// A second send of a client reference that is under way joins the first: a supervisor
/// that was restarted in between does not send it twice.
///
/// The circuit's state is stored at each transition and loaded at start; until that has
/// been read nothing is granted. Where replicas share the database, what another one has
/// stored is adopted within `look_period`, and only who has the right to probe probes. A
/// crash loses the rate window, the pause after a
/// throttle, the progress of a half-open circuit or a ramp (they start anew), and the
/// outcomes under way: whoever waits for one takes it as ambiguous.
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
    std::optional<sms_line> line;
    worker_phase phase = worker_phase::none;
    std::uint64_t generation = 0; ///< Of the circuit when its call began.
  };
  /// An operator's word until it is stored.
  struct forcing {
    pending_reply<done> reply;
    force_provider command;
  };

  // sms_sender_rate.cpp: places within a rate that replicas share.
  caf::result<provider_slots> reserve_with_permits(const reserve_slots& command);
  provider_slots settle_permits(provider_slots slots,
                                std::chrono::milliseconds retry_after);
  void release(std::int64_t count);

  // sms_sender.cpp: places and calls.
  provider_slots reserve(const reserve_slots& command);
  [[nodiscard]] std::int64_t admitted(const reserve_slots& command);
  caf::result<send_outcome> send(send_sms& command);
  [[nodiscard]] std::optional<std::uint64_t> begin(bool last_resort);
  void settle(std::size_t index, const std::string& client_ref,
              result<send_outcome> answer);
  send_outcome no_answer(std::size_t index, const failure& why);
  void watch_hung(std::size_t index);
  void free_worker(std::size_t index, worker_phase phase);
  void count(std::uint64_t generation, const send_outcome& outcome);
  void stop();
  void stop_if_idle();
  [[nodiscard]] std::size_t pick_worker();

  // sms_sender_circuit.cpp: the circuit, its monitor and its store.
  void load();
  void loaded(const storage::provider_state_list& list);
  void timer_due(const timer_fired& fired);
  void error_rate(const error_rate_seen& seen);
  caf::result<done> force(const force_provider& command);
  void apply(const force_provider& command);
  void lift_pause();
  void tell_admits();
  void tell_operators();
  void cut();
  void look_at_circuit();
  void circuit_moved();
  void announce();
  void tell_monitor();
  void save();
  void saved(std::vector<forcing> waiting, const result<storage::state_saved>& answer);
  void arm();
  [[nodiscard]] storage::provider_state stored_state() const;
  [[nodiscard]] tick tick_of(wall_time at) const;
  [[nodiscard]] wall_time wall_of(tick at) const;

  // sms_sender_shared.cpp: what replicas share of a circuit.
  void look_up(bool confirms);
  void take_word(const storage::provider_state_list& list, std::uint64_t saves_before);
  void adopt(const storage::provider_state& row);
  [[nodiscard]] circuit_word word_of(const storage::provider_state& row) const;
  [[nodiscard]] bool has_right() const;
  [[nodiscard]] bool wants_right() const;
  void mind_right();
  void claim_right();
  [[nodiscard]] std::string holder() const;
  [[nodiscard]] std::optional<tick> next_shared() const;

  // sms_sender_status.cpp
  caf::result<actor_status> status();
  [[nodiscard]] actor_status own_status();
  [[nodiscard]] provider_condition condition() const;
  [[nodiscard]] provider_row row();

  [[nodiscard]] tick now() const { return self_->clock().now(); }

  self_pointer<actor_type> self_;
  sms_sender_config config_;
  sms_worker_spawner spawn_worker_;
  sms_sender_peers peers_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  admission admission_;
  permit_stock permits_;
  circuit circuit_;
  provider_news news_;
  timer timer_;
  bool loaded_ = false;               ///< The stored state of the circuit is known.
  std::uint64_t seen_generation_ = 1; ///< Of the circuit, as told to the others.
  /// Somebody was sent away, and not only for want of places; perhaps by an incarnation
  /// before this one.
  bool refused_ = true;
  bool unsaved_ = false;
  bool saving_ = false;
  std::vector<forcing> forcing_; ///< Answered when the state is stored.
  std::optional<tick> store_again_at_;
  std::string forced_by_;
  std::string force_reason_;
  probe_right right_;
  std::string instance_; ///< Tells its holdings of the right from a crashed one's.
  bool right_confirmed_ = false; ///< It has looked at the circuit since it got the right.
  bool confirm_next_ = false;    ///< A look that was under way then does not count.
  bool looking_ = false;
  std::uint64_t saves_ = 0;
  std::optional<tick> next_look_;
  tick last_resort_until_{}; ///< Somebody has asked for a last resort.
  std::vector<worker> workers_;
  std::map<std::string, std::vector<pending_reply<send_outcome>>> under_way_;
  std::array<std::uint64_t, outcome_classes> outcomes_{}; ///< By `outcome_class`.
  std::uint64_t timeouts_ = 0;
  std::uint64_t joined_ = 0;
  bool stopping_ = false;
};

} // namespace tinybook
