#include "actors/codes/permit_messages.hpp"
#include "actors/inspection/inspector.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/actor_tree.hpp"
#include "actors/system/ask.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

/// What the test asks of a child by the number of rules: 0 answer, 1 throw, 2 never
/// answer.
class child_state {
 public:
  using actor_type = rate_limiter_actor;
  using log = std::shared_ptr<std::vector<std::string>>;

  child_state(self_pointer<actor_type> self, log events, bool stubborn)
      : self_(self), events_(std::move(events)), stubborn_(stubborn) {
    events_->push_back("start " + self_.meter->name());
  }
  ~child_state() { events_->push_back("end " + self_.meter->name()); }

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) {
          return actor_status{{{"answered", 42.0, 100.0}}, {}};
        },
        [this](const shut_down&) {
          if (!stubborn_)
            self_->quit(caf::exit_reason::user_shutdown);
        },
        [](const timer_fired&) {},
        [this](const take_permits& asked) -> caf::result<permits> {
          if (asked.rules.size() == 1)
            throw std::runtime_error("asked to crash");
          pending_reply<permits> reply{self_};
          if (asked.rules.empty())
            reply(permits{});
          else
            held_.push_back(reply);
          return reply.promise();
        },
        [](const return_permits&) {},
    };
  }

 private:
  self_pointer<actor_type> self_;
  log events_;
  bool stubborn_;
  std::vector<pending_reply<permits>> held_;
};

struct supervised : test::actor_fixture {
  child_state::log events = std::make_shared<std::vector<std::string>>();
  directory_ptr directory = std::make_shared<actor_directory>();
  actor_tree tree{directory};
  std::vector<std::string> escalations;
  handle_of<root_supervisor_actor> root;

  address<rate_limiter_actor> add(const std::string& name, bool stubborn = false) {
    auto at = tree.declare<rate_limiter_actor>(name, "limiter");
    tree.define<child_state>(at, events, stubborn);
    return at;
  }
  void start_all() {
    root = start<root_supervisor_actor, root_supervisor_state>(
        "root", test::default_root(), tree.take_children(),
        [this](const std::string& why) { escalations.push_back(why); });
  }
  result<permits> poke(const address<rate_limiter_actor>& at, std::size_t rules = 0) {
    return ask(at.get(), take_permits{std::vector<rate_rule>(rules)});
  }
  ~supervised() {
    if (root)
      (void)ask_with_time(stop_children{});
    root = nullptr;
  }
  result<stop_report> ask_with_time(stop_children command) {
    auto request = self->request(root, caf::infinite, command);
    advance(20s);
    result<stop_report> out{errc::internal};
    request.receive([&](stop_report& r) { out = std::move(r); },
                    [&](caf::error& e) { out = to_failure(e, "root"); });
    root = nullptr;
    return out;
  }
};

} // namespace

TEST_CASE_FIXTURE(supervised,
                  "an actor is reached at its address before its first step") {
  const auto at = tree.declare<rate_limiter_actor>("one", "limiter");
  auto child =
      sys.spawn<managed_actor<rate_limiter_actor, child_state>>(at, events, false);
  CHECK(at.get() == child);
  at.clear();
  caf::anon_send_exit(child, caf::exit_reason::kill);
  run();
}

TEST_CASE_FIXTURE(supervised, "children start in order and stop in the reverse order") {
  add("a");
  add("b");
  add("c");
  start_all();
  CHECK(ask_with_time(stop_children{}).value().killed.empty());
  CHECK(*events
        == std::vector<std::string>{"start a", "start b", "start c", "end c", "end b",
                                    "end a"});
}

TEST_CASE_FIXTURE(supervised, "a crashed child comes back at the same address") {
  auto at = add("a");
  start_all();
  CHECK(poke(at));
  CHECK_FALSE(poke(at, 1));
  CHECK(at.meter()->phase == actor_phase::restarting);
  auto while_down = poke(at);
  CHECK(while_down.error().code == errc::unavailable);
  advance(200ms);
  CHECK(poke(at));
  CHECK(at.meter()->restarts == 1);
  CHECK(at.meter()->health.last_error().text == "asked to crash");
}

TEST_CASE_FIXTURE(supervised, "a crash answers the requests that were pending") {
  auto at = add("a");
  start_all();
  auto held =
      self->request(at.get(), caf::infinite, take_permits{std::vector<rate_rule>(2)});
  run();
  CHECK(at.meter()->pending_requests == 1);
  CHECK_FALSE(poke(at, 1));
  result<permits> out{errc::internal};
  held.receive([&](permits& p) { out = p; },
               [&](caf::error& e) { out = to_failure(e, "a"); });
  CHECK(out.error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(supervised, "a child that keeps crashing escalates once, by name") {
  auto at = add("flaky");
  start_all();
  for (int i = 0; i < 6; ++i) {
    CHECK_FALSE(poke(at, 1));
    advance(6s);
  }
  REQUIRE(escalations.size() == 1);
  CHECK(escalations[0] == "actor flaky keeps crashing, last: asked to crash");
  CHECK(at.meter()->phase == actor_phase::failed);
}

TEST_CASE_FIXTURE(supervised, "a child that does not stop is killed and named") {
  add("a");
  add("stubborn", true);
  start_all();
  auto killed = ask_with_time(stop_children{}).value().killed;
  REQUIRE(killed.size() == 1);
  CHECK(killed[0] == "stubborn");
  CHECK(events->back() == "end a");
}

TEST_CASE_FIXTURE(supervised, "no restart happens once the stop has begun") {
  auto at = add("a");
  start_all();
  CHECK_FALSE(poke(at, 1));
  CHECK(ask_with_time(stop_children{}).ok());
  advance(10s);
  CHECK(at.meter()->restarts == 0);
}

TEST_CASE_FIXTURE(supervised, "the inspector joins the meter with what an actor says") {
  auto at = add("a");
  start_all();
  CHECK(poke(at));
  auto inspector = start<inspector_actor, inspector_state>(
      "inspector", inspector_config{500ms}, directory, clock());
  auto report = ask(inspector, inspect_actor{"a"}).value();
  CHECK(report.state == "running");
  CHECK(report.ready);
  CHECK(report.kind == "limiter");
  CHECK(report.handled >= 1);
  REQUIRE(report.own.gauges.size() == 1);
  CHECK(report.own.gauges[0].value == 42.0);
  CHECK(ask(inspector, inspect_actor{"nobody"}).error().code == errc::actor_not_found);
}

TEST_CASE_FIXTURE(supervised,
                  "the inspector shows a crashed actor instead of leaving it out") {
  auto at = add("a");
  add("b");
  start_all();
  CHECK_FALSE(poke(at, 1));
  auto inspector = start<inspector_actor, inspector_state>(
      "inspector", inspector_config{500ms}, directory, clock());
  auto all = ask(inspector, list_actors{}).value().actors;
  REQUIRE(all.size() == 2);
  CHECK(all[0].state == "restarting");
  CHECK(all[0].last_error.text == "asked to crash");
  CHECK(all[0].how.level == health_level::failing);
  CHECK(all[0].how.reason == "restarting: asked to crash");
  CHECK(all[1].state == "running");
  CHECK(all[1].how.level == health_level::ok);
}

} // namespace tinybook
