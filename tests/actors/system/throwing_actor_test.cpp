#include "actors/codes/permit_messages.hpp"
#include "actors/interfaces.hpp"
#include "tests/support/actor_fixture.hpp"

#include <stdexcept>

namespace tinybook {

namespace {

class thrower {
 public:
  using actor_type = rate_limiter_actor;

  explicit thrower(self_pointer<actor_type> self) : self_(std::move(self)) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [](const take_permits&) -> permits { throw std::runtime_error("a bug"); },
        [](const return_permits&) {},
    };
  }

 private:
  self_pointer<actor_type> self_;
};

} // namespace

TEST_CASE("who asks an actor whose handler throws is answered at once") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, thrower>("thrower");
  auto answer = f.ask(at, take_permits{});
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == errc::internal);
  CHECK(f.ask(at, get_status{}).error().code == errc::unavailable);
}

} // namespace tinybook
