#include "actors/sms/sms_sender.hpp"
#include "actors/system/ask.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

/// Places first, then the permits for them: what the shared rate does not allow is given
/// back at once.
caf::result<provider_slots>
sms_sender_state::reserve_with_permits(const reserve_slots& command) {
  const auto slots = reserve(command);
  const auto requests = slots.granted > 0 ? permits_.lacking(slots.granted, now()) : 0;
  if (requests == 0)
    return settle_permits(slots, config_.admission.recheck);
  struct round {
    std::int64_t open;
    milliseconds retry_after;
  };
  auto all = std::make_shared<round>(round{requests, config_.admission.recheck});
  pending_reply<provider_slots> reply{self_};
  for (std::int64_t i = 0; i < requests; ++i)
    ask(self_, *peers_.limiter, config_.limiter_timeout,
        take_permits{permits_.rules().limits},
        [this, all, slots, reply](const result<permits>& answer) {
          if (!answer)
            permits_.failed(now());
          else if (answer->decision.admitted())
            permits_.got(now());
          else
            all->retry_after = std::min(all->retry_after,
                                        ceil<milliseconds>(answer->decision.retry_after));
          if (--all->open == 0)
            reply(settle_permits(slots, all->retry_after));
        });
  return reply.promise();
}

provider_slots sms_sender_state::settle_permits(provider_slots slots,
                                                milliseconds retry_after) {
  if (!permits_.shared() || slots.granted == 0)
    return slots;
  const auto allowed = permits_.take(slots.granted, now());
  (void)admission_.release(slots.granted - allowed, now());
  slots.granted = allowed;
  if (allowed == 0)
    slots.retry_after = std::max(retry_after, milliseconds{1});
  return slots;
}

void sms_sender_state::release(std::int64_t count) {
  const auto counted = admission_.release(count, now());
  if (!permits_.shared())
    return;
  std::vector<std::string> keys;
  for (const auto& rule : permits_.rules().limits)
    keys.push_back(rule.key);
  for (auto batches = permits_.put_back(counted, now()); batches > 0; --batches)
    tell(*peers_.limiter, return_permits{keys});
}

} // namespace tinybook
