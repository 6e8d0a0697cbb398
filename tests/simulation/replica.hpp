#pragma once

#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/simulation/code_actors.hpp"
#include "tests/simulation/store_actor.hpp"
#include "tests/simulation/world.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tinybook::sim {

/// One process: the real actors of delivery over their own connection to the world. It
/// can be killed as a whole, or lose a single actor that is then started anew.
class replica {
 public:
  replica(caf::actor_system& system, world& w, std::shared_ptr<const keyring> keys,
          wall_clock clock);
  ~replica() {
    kill();
    end_actors(); // Those that its actors have spawned since.
  }
  replica(const replica&) = delete;
  replica& operator=(const replica&) = delete;

  void start();
  void kill();
  [[nodiscard]] bool runs() const { return life_ != 0; }
  [[nodiscard]] life_id life() const { return life_; }

  /// As the verification does: stores a message and tells the supervisor.
  void submit(new_message message);

  void restart_supervisor();
  [[nodiscard]] int sender_of(std::size_t provider) const {
    return doors_[provider].incarnation;
  }
  void restart_sender(std::size_t provider);
  void restart_monitor(std::size_t provider);

  [[nodiscard]] handle_of<failover_supervisor_actor> supervisor() const {
    return supervisor_->get();
  }

 private:
  struct door {
    address<sms_sender_actor> sender;
    address<error_rate_monitor_actor> monitor;
    int incarnation = 0; ///< Of the sender.
  };

  template <class Handle>
  [[nodiscard]] static address<Handle> named(const std::string& name) {
    return address<Handle>{std::make_shared<actor_meter>(name, "simulated", "")};
  }
  template <class State, class... Ts>
  void spawn(const address<typename State::actor_type>& at, Ts&&... args);
  void end_actors();
  void spawn_supervisor();
  void spawn_sender(std::size_t provider);
  void spawn_monitor(std::size_t provider);
  [[nodiscard]] sms_worker_spawner lines(std::size_t provider);

  caf::actor_system& system_;
  world& world_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  life_id life_ = 0;
  std::vector<caf::actor> actors_; ///< Everything that a crash takes with it.
  std::unique_ptr<address<test::delivery_store::writer>> writer_;
  std::unique_ptr<address<test::delivery_store::reader>> reader_;
  std::unique_ptr<address<code_judge_actor>> judge_;
  std::unique_ptr<address<code_resender_actor>> resender_;
  std::unique_ptr<address<failover_supervisor_actor>> supervisor_;
  std::vector<door> doors_;
};

} // namespace tinybook::sim
