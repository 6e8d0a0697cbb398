#include "actors/abuse/verdict_hook.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/configs.hpp"

#include <chrono>

namespace tinybook {

void define_verdicts(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out) {
  if (!c.verdicts)
    return;
  const auto& from = s.abuse;
  // A call ends by itself: what takes longer hangs.
  const auto longest = from.webhook_timeout + std::chrono::seconds{1};
  tree.define<verdict_pool_state>(
      *c.verdict_callers, worker_pool_config{from.webhook_queue, longest},
      declare_workers(tree, "verdict-caller", "verdict caller", *c.verdict_callers,
                      from.webhook_connections, longest),
      pool_workers<verdict_caller_actor, verdict_caller_state>(
          verdict_caller_config{out.make_verdict_client(from), from.webhook_timeout}));
  tree.define<verdict_hook_state>(*c.verdicts, verdict_hook_from(s), *c.verdict_callers,
                                  out.clock);
}

} // namespace tinybook
