#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"
#include "http/api/call_gate.hpp"
#include "http/server/poller_journeys.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/user_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include <memory>
#include <poll.h>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;
using storage::find_profile;
using storage::profile;

using echo_actor = actor_for<find_profile>;
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
          [](const find_profile& asked) -> caf::result<profile> {
            if (asked.id < 0)
              return to_error({errc::user_not_found, "no such user"});
            return profile{"", "", std::to_string(asked.id), "", ""};
          }};
}

/// Keeps its first promise to itself and answers it late, with the next request.
struct late_state {
  caf::typed_response_promise<profile> kept;
};
echo_handle::behavior_type late_behavior(echo_handle::stateful_pointer<late_state> self) {
  return {no_status, no_stop, no_timer,
          [self](const find_profile& asked) -> caf::result<profile> {
            if (asked.id == 0) {
              self->state.kept = self->make_response_promise<profile>();
              return self->state.kept;
            }
            if (self->state.kept.pending())
              self->state.kept.deliver(profile{"late", "", "", "", ""});
            return profile{"in time", "", "", "", ""};
          }};
}

task<result<profile>> call_once(const address<echo_actor>* to, find_profile what,
                                std::shared_ptr<const void> held) {
  co_return co_await asking<find_profile>(*to, what, std::move(held));
}

/// A poller without sockets.
struct call_world {
  caf::actor_system_config config;
  caf::actor_system system{config};
  unique_fd wake{::eventfd(0, EFD_CLOEXEC)};
  poller_journeys running{&system, wake.get()};
  std::shared_ptr<const void> held = std::make_shared<int>(); ///< By what is owed.

  auto in(std::chrono::milliseconds d) { return std::chrono::steady_clock::now() + d; }

  void begin(const address<echo_actor>& to, find_profile what, deadline due,
             std::optional<result<profile>>& got) {
    running.start("call", due, call_once(&to, what, held),
                  [&got](result<profile> r) { got.emplace(std::move(r)); });
  }

  template <class Predicate>
  void run_until(Predicate is_over) {
    while (true) {
      while (running.go_on())
        ;
      if (is_over())
        return;
      if (running.fall_asleep())
        sleep();
    }
  }

  result<profile> call(const address<echo_actor>& to, find_profile what, deadline due) {
    std::optional<result<profile>> got;
    begin(to, what, due, got);
    run_until([&got] { return got.has_value(); });
    return *got;
  }

 private:
  void sleep() {
    int most = -1;
    if (const auto next = running.next_deadline(); next != no_deadline)
      most = static_cast<int>(std::max<std::int64_t>(
          0, std::chrono::ceil<std::chrono::milliseconds>(next - in(0ms)).count()));
    pollfd watched{wake.get(), POLLIN, 0};
    if (::poll(&watched, 1, most) == 1) {
      eventfd_t ignored = 0;
      (void)::eventfd_read(wake.get(), &ignored);
    }
  }
};

} // namespace

TEST_CASE("a call of a poller brings the actor's answer") {
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  auto r = w.call(to, find_profile{42}, w.in(5s));
  REQUIRE(r);
  CHECK(r->nickname == "42");
}

TEST_CASE("an actor's failure comes through whole") {
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  auto r = w.call(to, find_profile{-1}, w.in(5s));
  REQUIRE(!r);
  CHECK(r.error().code == errc::user_not_found);
  CHECK(r.error().detail == "no such user");
}

TEST_CASE("a deadline that passes names the actor; its late answer harms nobody, and "
          "keeps until it comes what the call held") {
  call_world w;
  address<echo_actor> to(w.system.spawn(late_behavior), "sleepy");
  auto r = w.call(to, find_profile{0}, w.in(20ms));
  REQUIRE(!r);
  CHECK(r.error().code == errc::deadline_exceeded);
  CHECK(r.error().detail.find("sleepy") != std::string::npos);
  CHECK(w.held.use_count() == 2);
  // The late answer to the first call arrives before this one.
  auto next = w.call(to, find_profile{1}, w.in(5s));
  REQUIRE(next);
  CHECK(next->email == "in time");
  CHECK(w.held.use_count() == 1);
  CHECK(w.running.late_answers() == 1);
}

TEST_CASE("an actor that is down or not started is unavailable at once") {
  call_world w;
  auto handle = w.system.spawn(echo_behavior);
  address<echo_actor> to(handle, "gone");
  caf::anon_send_exit(handle, caf::exit_reason::kill);
  auto deadline = w.in(5s);
  auto r = w.call(to, find_profile{1}, deadline);
  while (r && std::chrono::steady_clock::now() < deadline)
    r = w.call(to, find_profile{1}, deadline);
  REQUIRE(!r);
  CHECK(r.error().code == errc::unavailable);
  to.clear();
  CHECK(w.call(to, find_profile{1}, deadline).error().code == errc::unavailable);
}

TEST_CASE("10 000 calls under way at once each get their own answers") {
  constexpr int calls = 10'000;
  call_world w;
  address<echo_actor> to(w.system.spawn(echo_behavior));
  std::vector<std::optional<result<profile>>> got(calls);
  for (int i = 0; i < calls; ++i)
    w.begin(to, find_profile{i}, w.in(30s), got[static_cast<std::size_t>(i)]);
  w.run_until([&w] { return w.running.count() == 0; });
  int wrong = 0;
  for (int i = 0; i < calls; ++i) {
    const auto& one = got[static_cast<std::size_t>(i)];
    wrong += one && *one && (*one)->nickname == std::to_string(i) ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK(w.running.late_answers() == 0);
}

TEST_CASE("an actor's gate refuses beyond its cap and opens again") {
  call_gates gates(2, 100, 0);
  {
    auto a = gates.enter(asked_actor::accounts, "");
    auto b = gates.enter(asked_actor::accounts, "");
    REQUIRE(a);
    REQUIRE(b);
    auto c = gates.enter(asked_actor::accounts, "");
    REQUIRE(!c);
    CHECK(c.error().code == errc::overloaded);
    CHECK(c.error().detail.find("accounts") != std::string::npos);
    CHECK(gates.enter(asked_actor::articles, ""));
    CHECK(gates.in_flight(asked_actor::accounts) == 2);
    CHECK(gates.refused() == 1);
  }
  CHECK(gates.in_flight(asked_actor::accounts) == 0);
  CHECK(gates.in_flight() == 0);
  CHECK(gates.enter(asked_actor::accounts, ""));
}

TEST_CASE("the gates refuse beyond the cap of all; what is owed late counts at its actor "
          "and for its client, but not there") {
  call_gates gates(2, 3, 2);
  auto a = gates.enter(asked_actor::accounts, "10.0.0.1");
  auto b = gates.enter(asked_actor::articles, "10.0.0.1");
  auto c = gates.enter(asked_actor::sessions, "10.0.0.2");
  REQUIRE(c);
  CHECK(gates.enter(asked_actor::ranking, "10.0.0.1").error().code == errc::rate_limited);
  CHECK(gates.enter(asked_actor::ranking, "10.0.0.2").error().code == errc::overloaded);
  CHECK(gates.refused() == 1);
  CHECK(gates.refused_by_address() == 1);
  auto owed = a->until_answered;
  { const auto ended = std::move(a); }
  CHECK(gates.in_flight() == 2);
  CHECK(gates.in_flight(asked_actor::accounts) == 1);
  CHECK(gates.enter(asked_actor::ranking, "10.0.0.1").error().code == errc::rate_limited);
  owed.reset();
  CHECK(gates.in_flight(asked_actor::accounts) == 0);
  CHECK(gates.enter(asked_actor::ranking, "10.0.0.1"));
}

} // namespace tinybook::http
