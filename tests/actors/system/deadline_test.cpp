#include "actors/system/ask.hpp"
#include "actors/system/worker_pool.hpp"
#include "storage/user_store.hpp"
#include "tests/support/sqlite_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

struct count_up {
  using reply = done;
};

using counter_actor = actor_for<count_up>;

class counter_state {
 public:
  using actor_type = counter_actor;
  counter_state(self_pointer<actor_type> self, int& counted)
      : self_(std::move(self)), counted_(counted) {}
  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const count_up&) {
          ++counted_;
          return done{};
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  int& counted_;
};

/// Forwards a request to the counter when the test sends `timer_fired`.
class forwarder_state {
 public:
  using actor_type = counter_actor;
  forwarder_state(self_pointer<actor_type> self, address<counter_actor> to,
                  std::optional<pending_reply<done>>& asked)
      : self_(std::move(self)), to_(std::move(to)), asked_(asked) {}
  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) {
          ask_into(self_, to_, asked_->within(20s), count_up{}, *asked_);
          asked_.reset();
        },
        [this](const count_up&) {
          asked_.emplace(self_);
          return asked_->promise();
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  address<counter_actor> to_;
  std::optional<pending_reply<done>>& asked_;
};

struct deadlines : test::sqlite_fixture {
  /// Sends without running anything; the answer is read by `answer`.
  template <class Handle, class Command>
  void send(const Handle& to, Command command, std::chrono::milliseconds within) {
    id_ = caf::make_message_id(++last_id_);
    caf::actor_cast<caf::strong_actor_ptr>(to)->enqueue(
        make_request(caf::actor_cast<caf::strong_actor_ptr>(self), id_,
                     sched.clock().now() + within, std::move(command)),
        nullptr);
  }

  template <class Reply>
  result<Reply> answer() {
    result<Reply> out{errc::none};
    caf::response_handle<caf::blocking_actor, caf::detail::type_list<Reply>, true>{
        id_.response_id(), self.ptr()}
        .receive([&](Reply& value) { out = std::move(value); },
                 [&](caf::error& e) { out = to_failure(e, "test"); });
    return out;
  }

  int counted = 0;
  meter_ptr meter = std::make_shared<actor_meter>("counter", "test", "");

 private:
  caf::message_id id_;
  std::uint64_t last_id_ = 1'000'000;
};

} // namespace

TEST_CASE_FIXTURE(deadlines,
                  "a request whose deadline has passed at its turn is refused and "
                  "counted; one in time is answered") {
  auto counter = start<counter_actor, counter_state>(meter, counted);
  send(counter, count_up{}, 1s);
  sched.advance_time(1s);
  run();
  CHECK(answer<done>().ok());
  CHECK(counted == 1);
  send(counter, count_up{}, 1s);
  sched.advance_time(1001ms);
  run();
  const auto late = answer<done>();
  REQUIRE(!late);
  CHECK(late.error().code == errc::deadline_exceeded);
  CHECK(late.error().detail.find("counter") != std::string::npos);
  CHECK(counted == 1);
  CHECK(meter->dropped() == 1);
  CHECK(meter->mailbox() == 0);
}

TEST_CASE_FIXTURE(deadlines,
                  "an actor that asks others for a request gives them the time "
                  "that is left, and asks nobody when none is left") {
  auto counter = start<counter_actor, counter_state>(meter, counted);
  std::optional<pending_reply<done>> asked;
  auto forwarder = start<counter_actor, forwarder_state>(
      "forwarder", address<counter_actor>{counter}, asked);
  send(forwarder, count_up{}, 1s);
  run();
  REQUIRE(asked.has_value());
  CHECK(asked->within(20s) == 1s);
  CHECK(asked->within(300ms) == 300ms);
  CHECK(asked->within(default_timeout{300ms}) == 1s);
  SUBCASE("in time") {
    sched.advance_time(900ms);
    CHECK(asked->within(20s) == 100ms);
    caf::anon_send(forwarder, timer_fired{});
    run();
    CHECK(answer<done>().ok());
    CHECK(counted == 1);
  }
  SUBCASE("too late for the actor that is asked") {
    sched.advance_time(900ms);
    caf::anon_send(forwarder, timer_fired{});
    sched.run_once();
    sched.advance_time(200ms);
    run();
    CHECK(answer<done>().error().code == errc::deadline_exceeded);
    CHECK(counted == 0);
    CHECK(meter->dropped() == 1);
  }
  SUBCASE("too late to ask") {
    sched.advance_time(1100ms);
    CHECK(asked->is_late());
    caf::anon_send(forwarder, timer_fired{});
    run();
    CHECK(answer<done>().error().code == errc::deadline_exceeded);
    CHECK(counted == 0);
    CHECK(meter->handled() == 0);
  }
}

TEST_CASE_FIXTURE(deadlines, "a request without a deadline waits as long as it takes") {
  auto counter = start<counter_actor, counter_state>(meter, counted);
  auto request = self->request(counter, caf::infinite, count_up{});
  sched.advance_time(24h);
  run();
  request.receive([](done&) {}, [](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(counted == 1);
}

TEST_CASE_FIXTURE(deadlines,
                  "a pool does not begin a job whose deadline has passed while "
                  "it waited for a worker") {
  using pool_state = worker_pool_state<counter_actor, count_up>;
  auto counter = start<counter_actor, counter_state>(meter, counted);
  std::optional<pending_reply<done>> at_work;
  const address<counter_actor> slot{
      std::make_shared<actor_meter>("worker", "worker", "pool")};
  auto pool = start<counter_actor, pool_state>(
      "pool", worker_pool_config{64, 10s}, std::vector{slot},
      start_worker_of<counter_actor>{
          [&](caf::actor_system& system, const address<counter_actor>& at) {
            return system.spawn<managed_actor<counter_actor, forwarder_state>>(
                at, address<counter_actor>{counter}, std::ref(at_work));
          }});
  run();
  send(pool, count_up{}, 60s);
  run();
  REQUIRE(at_work.has_value());
  send(pool, count_up{}, 1s);
  run();
  sched.advance_time(2s);
  caf::anon_send(slot.get(), timer_fired{});
  run();
  CHECK(answer<done>().error().code == errc::deadline_exceeded);
  CHECK(counted == 1);
  CHECK(gauge_of(pool, "given_up") == 1);
  CHECK(gauge_of(pool, "done") == 1);
}

TEST_CASE_FIXTURE(deadlines, "a write that waits in its group beyond its deadline is not "
                             "done, the others of the group are") {
  send(writer.get(), storage::create_user{"late@example.org", "hash", now()}, 1s);
  sched.run_once(); // Into the group, not yet to the commit.
  sched.advance_time(1500ms);
  auto other = self->request(writer.get(), caf::infinite,
                             storage::create_user{"other@example.org", "hash", now()});
  run();
  CHECK(answer<storage::user>().error().code == errc::deadline_exceeded);
  other.receive([](storage::user&) {}, [](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(on_store(storage::find_user_by_email{"late@example.org"}).error().code
        == errc::user_not_found);
  CHECK(on_store(storage::find_user_by_email{"other@example.org"}).ok());
}

} // namespace tinybook
