#pragma once

#include "actors/system/journey.hpp"
#include "http/server/inbox.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace tinybook::http {

/// The journeys that answer the requests of one poller, and what the actors answer to
/// them. Without an actor system (in tests and benchmarks of the server alone) they can
/// ask nobody.
class poller_journeys final : public journeys {
 public:
  /// An answer that comes while the poller sleeps wakes it through `wake_descriptor`.
  poller_journeys(caf::actor_system* system, int wake_descriptor,
                  std::function<deadline()> clock = std::chrono::steady_clock::now);
  ~poller_journeys();
  poller_journeys(const poller_journeys&) = delete;
  poller_journeys& operator=(const poller_journeys&) = delete;

  /// See `inbox`.
  [[nodiscard]] bool fall_asleep();

  /// The poller turns to something else, which may take about 500 µs.
  void begin_turn();
  [[nodiscard]] bool turn_is_over() const { return now() >= turn_ends_; }

  /// Lets journeys go on whose answers have come or whose time is over, for a turn. True
  /// if some are left.
  bool go_on();

 protected:
  [[nodiscard]] deadline now() const override { return clock_(); }
  [[nodiscard]] caf::strong_actor_ptr requester() override { return mailbox_; }
  [[nodiscard]] caf::execution_unit* unit() override { return nullptr; }
  void deadline_set() override {} // The poller looks before it sleeps.
  void goes_on(deadline /*due*/) override {}
  [[nodiscard]] failure thrown(std::exception_ptr what) override;

 private:
  class mailbox;

  /// False where none can go on.
  bool some_go_on();

  const std::function<deadline()> clock_;
  caf::strong_actor_ptr mailbox_;
  std::vector<caf::mailbox_element_ptr> answers_;
  std::size_t taken_ = 0; ///< Of `answers_`.
  deadline turn_ends_{};
};

} // namespace tinybook::http
