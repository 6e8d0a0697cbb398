#pragma once

#include "actors/system/errors.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"
#include "storage/types.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace tinybook::test {

/// Actors under CAF's test coordinator: they run only in `run`, and time passes only in
/// `advance`. Wall time is `start_of_time` plus the virtual clock.
class actor_fixture {
 public:
  static constexpr wall_time start_of_time{std::chrono::hours{24 * 365 * 55}};

  actor_fixture() { run(); }
  ~actor_fixture() {
    for (auto& a : spawned_)
      caf::anon_send_exit(a, caf::exit_reason::kill);
    spawned_.clear();
    run();
  }
  actor_fixture(const actor_fixture&) = delete;
  actor_fixture& operator=(const actor_fixture&) = delete;

  /// Starts an actor; it is killed with the fixture.
  template <class Handle, class State, class... Ts>
  handle_of<Handle> start(const std::string& name, Ts&&... args) {
    return start<Handle, State>(std::make_shared<actor_meter>(name, "test", ""),
                                std::forward<Ts>(args)...);
  }
  template <class Handle, class State, class... Ts>
  handle_of<Handle> start(const meter_ptr& meter, Ts&&... args) {
    return run_first_step<Handle, State>(meter, std::forward<Ts>(args)...);
  }
  /// One that is reached at `at`, as in the product; who declared that clears it.
  template <class Handle, class State, class... Ts>
  handle_of<Handle> start(const address<Handle>& at, Ts&&... args) {
    return run_first_step<Handle, State>(at, std::forward<Ts>(args)...);
  }

  void run() { sched.run(); }

  /// Lets `d` pass in steps, so that timers that re-arm themselves fire as often as they
  /// should.
  void advance(std::chrono::milliseconds d,
               std::chrono::milliseconds step = std::chrono::milliseconds{100}) {
    run();
    while (d.count() > 0) {
      auto now = std::min(d, step);
      sched.advance_time(now);
      run();
      d -= now;
    }
  }

  [[nodiscard]] wall_time now() {
    return start_of_time
           + std::chrono::duration_cast<std::chrono::milliseconds>(
               sched.clock().now().time_since_epoch());
  }
  [[nodiscard]] wall_clock clock() {
    return [this] {
      return now();
    };
  }

  /// Asks and runs everything: the answer as our actors see it.
  template <class Handle, class Command>
  result<typename Command::reply> ask(const Handle& to, Command command) {
    using reply = typename Command::reply;
    auto request = self->request(to, caf::infinite, std::move(command));
    run();
    result<reply> out{errc::none};
    request.receive([&](reply& value) { out = std::move(value); },
                    [&](caf::error& e) { out = to_failure(e, "test"); });
    return out;
  }

  /// A value of the actor's status; fails the test where there is none of that name.
  template <class Handle>
  double gauge_of(const Handle& of, const std::string& name) {
    const auto status = ask(of, get_status{}).value();
    const auto it = std::ranges::find(status.gauges, name, &gauge::name);
    REQUIRE_MESSAGE(it != status.gauges.end(), "no gauge " << name);
    return it->value;
  }
  template <class Handle>
  std::string fact_of(const Handle& of, const std::string& name) {
    const auto status = ask(of, get_status{}).value();
    const auto it = std::ranges::find(status.facts, name, &status_fact::name);
    REQUIRE_MESSAGE(it != status.facts.end(), "no fact " << name);
    return it->value;
  }

  caf::actor_system_config config{};

 private:
  struct settings {
    explicit settings(caf::actor_system_config& c) {
      c.set("scheduler.policy", caf::atom("testing"));
    }
  } applied_{config};

 public:
  caf::actor_system sys{config};
  caf::scheduler::test_coordinator& sched{
      dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())};
  caf::scoped_actor self{sys};

 private:
  /// `known_by`: a meter or an address.
  template <class Handle, class State, class KnownBy, class... Ts>
  handle_of<Handle> run_first_step(const KnownBy& known_by, Ts&&... args) {
    auto handle =
        sys.spawn<actor_of_state<Handle, State>>(known_by, std::forward<Ts>(args)...);
    spawned_.push_back(caf::actor_cast<caf::actor>(handle));
    run();
    return handle;
  }

  std::vector<caf::actor> spawned_;
};

} // namespace tinybook::test
