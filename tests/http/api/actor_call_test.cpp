#include "actors/accounts/messages.hpp"
#include "actors/interfaces.hpp"
#include "http/api/actor_call.hpp"
#include "http/api/call_gate.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;

using echo_actor = actor_for<get_profile>;
using echo_handle = handle_of<echo_actor>;

constexpr auto no_status = [](const get_status&) {
  return actor_status{};
};
constexpr auto no_stop = [](const shut_down&) {
};
constexpr auto no_timer = [](const timer_fired&) {
};

echo_handle::behavior_type echo_behavior(echo_handle::pointer) {
  return {no_status, no_stop, no_timer,
          [](const get_profile& asked) -> caf::result<profile> {
            if (asked.user < 0)
              return to_error({errc::user_not_found, "no such user"});
            return profile{"", "", std::to_string(asked.user), "", ""};
          }};
}

/// Keeps its first promise to itself and answers it late, with the next request.
struct late_state {
  caf::typed_response_promise<profile> kept;
};
echo_handle::behavior_type late_behavior(echo_handle::stateful_pointer<late_state> self) {
  return {no_status, no_stop, no_timer,
          [self](const get_profile& asked) -> caf::result<profile> {
            if (asked.user == 0) {
              self->state.kept = self->make_response_promise<profile>();
              return self->state.kept;
            }
            if (self->state.kept.pending())
              self->state.kept.deliver(profile{"late", "", "", "", ""});
            return profile{"in time", "", "", "", ""};
          }};
}

struct call_world {
  caf::actor_system_config config;
  caf::actor_system system{config};
  reply_ports ports{system};

  auto in(std::chrono::milliseconds d) { return std::chrono::steady_clock::now() + d; }
};

} // namespace

TEST_CASE("a call from a foreign thread brings the actor's answer") {
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  auto r = w.ports.call(to, get_profile{42}, w.in(5s));
  REQUIRE(r);
  CHECK(r->nickname == "42");
}

TEST_CASE("an actor's failure comes through whole") {
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  auto r = w.ports.call(to, get_profile{-1}, w.in(5s));
  REQUIRE(!r);
  CHECK(r.error().code == errc::user_not_found);
  CHECK(r.error().detail == "no such user");
}

TEST_CASE("a deadline that passes names the actor, and the late answer harms nobody") {
  call_world w;
  address<echo_actor> to(w.system.spawn(late_behavior), "sleepy");
  auto r = w.ports.call(to, get_profile{0}, w.in(20ms));
  REQUIRE(!r);
  CHECK(r.error().code == errc::deadline_exceeded);
  CHECK(r.error().detail.find("sleepy") != std::string::npos);
  // The late answer to the first call arrives on the same port before this one.
  auto next = w.ports.call(to, get_profile{1}, w.in(5s));
  REQUIRE(next);
  CHECK(next->email == "in time");
  CHECK(w.ports.made() == 1);
}

TEST_CASE("an actor that is down or not started is unavailable at once") {
  call_world w;
  auto handle = w.system.spawn(echo_behavior);
  address<echo_actor> to(handle, "gone");
  caf::anon_send_exit(handle, caf::exit_reason::kill);
  auto deadline = w.in(5s);
  auto r = w.ports.call(to, get_profile{1}, deadline);
  while (r && std::chrono::steady_clock::now() < deadline)
    r = w.ports.call(to, get_profile{1}, deadline);
  REQUIRE(!r);
  CHECK(r.error().code == errc::unavailable);
  to.clear();
  CHECK(w.ports.call(to, get_profile{1}, deadline).error().code == errc::unavailable);
}

TEST_CASE("64 threads that call at once each get their own answers") {
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        auto number = t * 1000 + i;
        auto r = w.ports.call(to, get_profile{number}, w.in(30s));
        if (!r || r->nickname != std::to_string(number))
          ++wrong;
      }
    });
  for (auto& t : threads)
    t.join();
  CHECK(wrong == 0);
  CHECK(w.ports.made() <= 64);
}

TEST_CASE("an actor's gate refuses beyond its cap and opens again") {
  call_gates gates(2);
  {
    auto a = gates.enter(asked_actor::accounts);
    auto b = gates.enter(asked_actor::accounts);
    REQUIRE(a);
    REQUIRE(b);
    auto c = gates.enter(asked_actor::accounts);
    REQUIRE(!c);
    CHECK(c.error().code == errc::overloaded);
    CHECK(c.error().detail.find("accounts") != std::string::npos);
    CHECK(gates.enter(asked_actor::articles));
    CHECK(gates.in_flight(asked_actor::accounts) == 2);
  }
  CHECK(gates.in_flight(asked_actor::accounts) == 0);
  CHECK(gates.enter(asked_actor::accounts));
}

} // namespace tinybook::http
