#include "actors/system/actor_for.hpp"
#include "actors/system/worker_pool.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

struct sized_job {
  using reply = done;
  std::string name;
  std::chrono::seconds lets_pass{0};

  [[nodiscard]] std::chrono::seconds handicap() const { return lets_pass; }
};

using sized_job_actor = actor_for<sized_job>;

/// Records each job that it begins, and ends it when told.
class recording_worker {
 public:
  using actor_type = sized_job_actor;
  recording_worker(self_pointer<actor_type> self, std::vector<std::string>& begun)
      : self_(std::move(self)), begun_(begun) {}
  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) {
          if (auto at_work = std::exchange(at_work_, std::nullopt))
            (*at_work)(done{});
        },
        [this](const sized_job& job) {
          begun_.push_back(job.name);
          at_work_.emplace(self_);
          return at_work_->promise();
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  std::vector<std::string>& begun_;
  std::optional<pending_reply<done>> at_work_;
};

/// A pool of one worker and a queue of three.
struct one_worker : test::actor_fixture {
  using pool_state = worker_pool_state<sized_job_actor, sized_job>;

  auto add(std::string name, std::chrono::seconds lets_pass = 0s) {
    auto asked =
        self->request(pool, caf::infinite, sized_job{std::move(name), lets_pass});
    run();
    return asked;
  }

  /// Waits for the answer.
  static failure answer_to(auto& asked) {
    failure out{errc::none};
    asked.receive([](done&) {}, [&](caf::error& e) { out = to_failure(e, "test"); });
    return out;
  }

  /// Ends the current job.
  void end_one() {
    caf::anon_send(slot.get(), timer_fired{});
    run();
  }

  std::vector<std::string> begun;
  address<sized_job_actor> slot{
      std::make_shared<actor_meter>("worker", "worker", "pool")};
  handle_of<sized_job_actor> pool = start<sized_job_actor, pool_state>(
      "pool", worker_pool_config{.queue = 3, .job_timeout = 60s}, std::vector{slot},
      start_worker_of<sized_job_actor>{
          [this](caf::actor_system& system, const address<sized_job_actor>& at) {
            return system.spawn<managed_actor<sized_job_actor, recording_worker>>(
                at, std::ref(begun));
          }});
};

} // namespace

TEST_CASE_FIXTURE(one_worker,
                  "a job lets those pass that come within its handicap behind "
                  "it, and no later ones") {
  (void)add("at work");
  (void)add("large", 5s);
  advance(4s);
  (void)add("small");
  advance(2s);
  (void)add("late");
  for (int i = 0; i < 3; ++i)
    end_one();
  CHECK(begun == std::vector<std::string>{"at work", "small", "large", "late"});
}

TEST_CASE_FIXTURE(one_worker, "when too many wait the last in the queue is refused") {
  (void)add("at work");
  (void)add("first");
  auto large = add("large", 5s);
  (void)add("second");
  (void)add("third");
  auto fourth = add("fourth");
  CHECK(gauge_of(pool, "waiting") == 3);
  CHECK(gauge_of(pool, "refused") == 2);
  for (int i = 0; i < 4; ++i)
    end_one();
  CHECK(begun == std::vector<std::string>{"at work", "first", "second", "third"});
  const auto why = answer_to(large);
  CHECK(why.code == errc::overloaded);
  CHECK(why.retry_after == 1s);
  CHECK(answer_to(fourth).code == errc::overloaded);
}

} // namespace tinybook
