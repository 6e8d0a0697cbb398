#pragma once

#include "actors/sms/failover_context.hpp"
#include "actors/sms/last_resort_turn.hpp"
#include "actors/sms/outbox_view.hpp"
#include "actors/sms/outcome_writer.hpp"
#include "actors/sms/row_in_flight.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tinybook {

/// The outbox as the supervisor works on it: claims rows when `claim_plan` says so, has
/// each delivered, keeps their leases, frees those of others that ran out, and ends what
/// expires there. Rows that wait for their backoff go back to the store as READY; one
/// timer serves the earliest of them.
///
/// Leases are looked at on the monotonic clock, from the moment at which they were asked
/// for: a jump of the wall clock neither ends nor prolongs one.
class outbox_claims {
 public:
  explicit outbox_claims(failover_context& context);

  /// There may be more to claim.
  void wake();
  /// A claim that did not come about may do so now.
  void go_on();
  void told_places(const provider_places& places);

  // By the clock.
  /// Asks when the next row is due, for all that wait in the store.
  void look();
  /// Extends every lease of ours; whoever has lost its lease learns it here and is not
  /// sent any more.
  void heartbeat();
  /// Frees leases that ran out; at the start those of an earlier life, before which
  /// nothing is claimed.
  task<result<done>> reclaim();
  task<result<done>> expire();
  task<result<done>> remove_history();

  // What is known of the rows in the store. Beyond `max_backlog` new ones are refused.
  void added(std::int64_t rows);
  void ended(std::int64_t rows) { added(-rows); }
  void counted(const storage::outbox_depth& depth);
  void made_to_wait() { view_.made_to_wait(); } ///< Nobody knows which, and until when.
  void made_to_wait(wall_time until);
  /// Whether the store does what it is asked about the outbox.
  void store_failed(const failure& why);
  void store_answered();

  // The rows in flight, and their places at providers.
  void list(row_in_flight& row) { rows_.emplace(row.message.id, &row); }
  void strike(row_in_flight& row);
  void hold_place(row_in_flight& row, std::size_t provider);
  void leave_place(row_in_flight& row);
  [[nodiscard]] outcome_writer& outcomes() { return outcomes_; }
  void sent() { plan_.sent(context_.now()); }
  void last_resort_ends() { last_resort_.ends(); }

  /// Of `providers`, which are all that may have a message, none can send, and not only
  /// for want of places: messages wait.
  void tell_if_none_can_send(const std::vector<std::size_t>& providers);

  /// Once nothing is in flight, where the actor is to stop.
  void quit_if_drained();

  [[nodiscard]] const std::map<message_id, row_in_flight*>& rows() const { return rows_; }
  [[nodiscard]] const claim_plan& plan() const { return plan_; }
  [[nodiscard]] const storage::outbox_depth& depth() const { return view_.depth(); }

 private:
  task<result<done>> claim(std::size_t provider, std::int64_t held);
  task<result<done>> claim_last_resort();
  task<result<done>> claim_last_resort_lease();
  void take(std::size_t provider, std::int64_t held, storage::message_list claimed,
            tick lease_ends);
  void take_row(std::size_t provider, storage::sms_message row, tick lease_ends,
                std::optional<still_wanted> wanted);
  void give_back(std::size_t provider, std::int64_t count);
  task<result<done>> count_waiting();
  task<result<done>> extend_leases();
  /// The rows of a replica that died are found soon after their leases have run out.
  [[nodiscard]] std::chrono::milliseconds reclaim_period() const {
    return config_.shared ? config_.lease / 3 : config_.lease;
  }
  void tell_if_full();
  [[nodiscard]] tick now() const { return context_.now(); }

  failover_context& context_;
  const failover_supervisor_config& config_ = context_.config;
  claim_plan plan_;
  outbox_view view_;
  outcome_writer outcomes_;
  last_resort_turn last_resort_;
  std::string instance_; ///< Of this replica, as the holder of the last resort.
  std::map<message_id, row_in_flight*> rows_; ///< Those of the deliveries under way.
  bool looking_ = false;
  bool told_full_ = false;
};

} // namespace tinybook
