#pragma once

#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"
#include "actors/wiring/actor_system_config.hpp"
#include "config/settings.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::bench {

/// A few of the product's actors without supervisors, in a system of their own; killed
/// with this object.
class actor_crew {
 public:
  explicit actor_crew(const config::scheduler_settings& settings)
      : config_(settings), system_(config_) {}
  ~actor_crew() {
    for (auto one = members_.rbegin(); one != members_.rend(); ++one)
      (*one)();
  }
  actor_crew(const actor_crew&) = delete;
  actor_crew& operator=(const actor_crew&) = delete;

  template <class Handle>
  [[nodiscard]] static address<Handle> declare(const std::string& name) {
    return address<Handle>{std::make_shared<actor_meter>(name, "bench", "")};
  }

  /// As `actor_tree::define`, but at once.
  template <class State, caf::spawn_options Options = caf::no_spawn_options, class Handle,
            class... Args>
  void start(const address<Handle>& at, Args... args) {
    system_.spawn<actor_of_state<Handle, State>, Options>(at, std::move(args)...);
    members_.push_back([at] {
      caf::anon_send_exit(at.untyped(), caf::exit_reason::kill);
      at.clear();
    });
  }

  /// A gauge as an operator sees it; -1 = the actor does not answer or has none.
  template <class Handle>
  [[nodiscard]] double gauge(const address<Handle>& of, const std::string& name) {
    double value = -1;
    caf::scoped_actor self{system_};
    self->request(of.untyped(), std::chrono::seconds{5}, get_status{})
        .receive(
            [&](const actor_status& status) {
              for (const auto& g : status.gauges)
                if (g.name == name)
                  value = g.value;
            },
            [](const caf::error&) {});
    return value;
  }

  [[nodiscard]] caf::actor_system& system() { return system_; }

 private:
  tuned_actor_system_config config_;
  caf::actor_system system_;
  std::vector<std::function<void()>> members_;
};

} // namespace tinybook::bench
