#pragma once

#include "config/settings.hpp"
#include "config/thread_count.hpp"

#include <caf/actor_system_config.hpp>

namespace tinybook {

/// CAF's own options, set in code: its parser ignores unknown keys and wrong types.
/// The sharing scheduler costs no idle CPU, and a bounded throughput keeps an actor that
/// sends to itself from starving the others.
class tuned_actor_system_config : public caf::actor_system_config {
 public:
  explicit tuned_actor_system_config(const config::scheduler_settings& settings) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", config::thread_count(settings.threads));
    set("scheduler.max-throughput", settings.throughput);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

} // namespace tinybook
