#pragma once

#include "actors/sms/failover_context.hpp"
#include "actors/sms/outbox_claims.hpp"
#include "actors/sms/row_in_flight.hpp"

namespace tinybook {

/// One message, from its claim to the write that gives it back or ends it: still wanted,
/// choose, reserve, send, note, again or end. Each step is decided by `decide_delivery`
/// and written before the next: reschedules and ends are fenced by the lease token, an
/// acceptance is monotone and repeated until the store has it. `context` and `claims`
/// outlive it.
[[nodiscard]] task<result<done>> deliver(failover_context* context, outbox_claims* claims,
                                         row_in_flight claimed);

} // namespace tinybook
