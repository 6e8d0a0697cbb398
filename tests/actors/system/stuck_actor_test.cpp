#include "actors/inspection/inspector.hpp"
#include "actors/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

/// Takes `get_status` and never answers, as an actor behind a hanging library would.
class silent_state {
 public:
  using actor_type = actor_for<>;
  explicit silent_state(self_pointer<actor_type> self) : self_(self) {}
  actor_type::behavior_type make_behavior() {
    return {
        [this](const get_status&) -> caf::result<actor_status> {
          held_.emplace_back(self_);
          return held_.back().promise();
        },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
    };
  }

 private:
  self_pointer<actor_type> self_;
  std::vector<pending_reply<actor_status>> held_;
};

} // namespace

TEST_CASE_FIXTURE(test::actor_fixture,
                  "an actor that does not answer in time is shown as stuck, or as busy "
                  "while its work may take that long") {
  auto directory = std::make_shared<actor_directory>();
  auto silent = start<actor_for<>, silent_state>("silent");
  auto meter = std::make_shared<actor_meter>("silent", "test", "root");
  meter->started();
  directory->add({meter, [silent] {
                    return caf::actor_cast<caf::actor>(silent);
                  }});
  std::string state = "stuck";
  SUBCASE("idle, as far as anybody knows") {}
  SUBCASE("handling a message that takes no time") {
    meter->message_begins();
  }
  SUBCASE("handling a message that may take long") {
    meter->may_take_ms = 60'000;
    meter->message_begins();
    state = "busy";
  }
  auto inspector = start<inspector_actor, inspector_state>(
      "inspector", inspector_config{500ms}, directory, clock());
  auto request = self->request(inspector, caf::infinite, list_actors{});
  advance(600ms);
  std::vector<actor_report> all;
  request.receive([&](actor_reports& r) { all = std::move(r.actors); },
                  [&](caf::error&) { FAIL("no answer"); });
  REQUIRE(all.size() == 1);
  CHECK(all[0].state == state);
  CHECK(all[0].ready == (state == "busy"));
  CHECK(all[0].how.level == (state == "busy" ? health_level::ok : health_level::failing));
  CHECK(all[0].how.reason == (state == "busy" ? "" : "does not answer"));
  CHECK(all[0].pending_requests == 0);
}

} // namespace tinybook
