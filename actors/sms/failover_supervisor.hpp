#pragma once

#include "actors/sms/failover_context.hpp"
#include "actors/sms/operator_actions.hpp"
#include "actors/sms/outbox_claims.hpp"
#include "actors/sms/report_intake.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace tinybook {

/// The life of the SMS outbox: a door that turns messages and moments into calls of its
/// parts.
///
/// A row is claimed only when a sender has a place for it (`claim_plan`); everything else
/// stays in the store, so memory is bounded by the senders' places, which they tell by
/// themselves. `outbox_claims` claims rows and keeps their leases; each is one coroutine
/// from then on, `deliver`.
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
                            std::shared_ptr<random_source> random)
      : context_{self,
                 std::move(config),
                 std::move(peers),
                 std::move(providers),
                 std::move(keys),
                 std::move(clock),
                 std::move(random)} {}

  actor_type::behavior_type make_behavior();

 private:
  void changed(const outbox_changed& told);
  void timer_due(const timer_fired& fired);
  void stop();
  task<result<actor_status>> status();
  [[nodiscard]] actor_status gauges();
  task<result<provider_table>> list();
  [[nodiscard]] tick now() const { return context_.now(); }

  failover_context context_;
  const self_pointer<actor_type>& self_ = context_.self;
  const failover_supervisor_config& config_ = context_.config;
  outbox_claims claims_{context_};
  report_intake reports_{context_, claims_};
  operator_actions operators_{context_, claims_};
};

} // namespace tinybook
