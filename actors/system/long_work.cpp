#include "actors/system/long_work.hpp"

namespace tinybook {

auto long_work_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [](const run_long_work& job) {
        job.work();
        return done{};
      },
  };
}

} // namespace tinybook
