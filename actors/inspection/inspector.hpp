#pragma once

#include "actors/inspection/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/actor_directory.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace tinybook {

struct inspector_config {
  std::chrono::milliseconds status_timeout{0};
};

/// Reports on the actors: what the meters count, joined with what each actor says of
/// itself. One that does not answer in time is shown as stuck, with all that its meter
/// knows. Stateless.
class inspector_state {
 public:
  using actor_type = inspector_actor;

  inspector_state(self_pointer<actor_type> self, inspector_config config,
                  directory_ptr directory, wall_clock clock)
      : self_(std::move(self)),
        config_(config),
        directory_(std::move(directory)),
        clock_(std::move(clock)) {}

  actor_type::behavior_type make_behavior();

 private:
  caf::result<actor_reports> list();
  caf::result<actor_report> inspect(const inspect_actor& asked);
  void report_on(const actor_directory::entry& entry,
                 std::function<void(actor_report)> then);
  [[nodiscard]] actor_report measured(const actor_meter& meter) const;

  self_pointer<actor_type> self_;
  inspector_config config_;
  directory_ptr directory_;
  wall_clock clock_;
};

} // namespace tinybook
