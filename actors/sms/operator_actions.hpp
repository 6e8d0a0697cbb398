#pragma once

#include "actors/sms/failover_context.hpp"
#include "actors/sms/outbox_claims.hpp"

namespace tinybook {

/// What operators do about messages and providers. Where replicas share the database, a
/// pause of one holds on all within `look_period`.
class operator_actions {
 public:
  operator_actions(failover_context& context, outbox_claims& claims)
      : context_(context), claims_(claims) {}

  task<result<sms_accepted>> redrive(redrive_sms command);
  task<result<done>> discard(discard_sms command);
  task<result<done>> force(force_provider command);
  /// What another replica has said, or this one before it was started anew.
  task<result<done>> load_pause();

 private:
  task<result<done>> set_pause(force_provider command);
  void pause_loaded(const storage::provider_state_list& list);

  failover_context& context_;
  outbox_claims& claims_;
};

} // namespace tinybook
