#include "tests/actors/support/identity_world.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A worker that answers only when the test says so, or dies by an exception.
class slow_worker {
 public:
  using actor_type = password_hasher_actor;

  slow_worker(self_pointer<actor_type> self, std::shared_ptr<gate> g,
              std::vector<std::string>& begun)
      : self_(self), keeper_(self, std::move(g)), begun_(begun) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [this](const timer_fired&) { keeper_.run_held(); },
        [this](make_password_hash& m) {
          begun_.push_back(m.address);
          if (m.password == "throw")
            throw std::runtime_error("a worker threw");
          return keeper_.pass(m, [](const auto&) -> result<password_hash_made> {
            return password_hash_made{"hash"};
          });
        },
        [](const judge_password&) { return done{}; },
        [](const match_password&) { return password_matched{}; },
    };
  }

 private:
  self_pointer<actor_type> self_;
  gate_keeper<actor_type> keeper_;
  std::vector<std::string>& begun_; ///< The addresses of the jobs that came here.
};

/// A front over two workers that hold every job.
class hasher_world : public identity_world {
 public:
  hasher_world() {
    hasher_config.queue = 3;
    doors->hold<make_password_hash>();
    start<password_hasher_actor, password_hasher_state>(
        hasher, hasher_config, workers,
        [this](caf::actor_system& system, const auto& at) {
          return system.spawn<managed_actor<password_hasher_actor, slow_worker>>(
              at, doors, std::ref(begun));
        });
  }

  later<password_hash_made> job(const std::string& password = "password",
                                const std::string& address = {}) {
    auto answer = call_later(hasher, make_password_hash{password, address});
    run();
    return answer;
  }

  double gauge_of(std::size_t index) {
    return call(hasher, get_status{})->gauges.at(index).value;
  }

  std::vector<std::string> begun;
};

} // namespace

TEST_CASE("a password matches its own hash only") {
  identity_world w;
  w.start_hasher();
  auto made = w.call(w.hasher, make_password_hash{"correct horse"});
  REQUIRE(made.ok());
  CHECK(made->hash.starts_with("$argon2id$"));
  auto right = w.call(w.hasher, match_password{"correct horse", made->hash});
  CHECK(right->matches);
  CHECK_FALSE(right->needs_rehash);
  CHECK_FALSE(w.call(w.hasher, match_password{"wrong horse", made->hash})->matches);
}

TEST_CASE("an empty hash matches nothing, after the work of a hash") {
  identity_world w;
  w.start_hasher();
  auto before = w.workers[0].meter()->handled();
  auto matched = w.call(w.hasher, match_password{"", ""});
  REQUIRE(matched.ok());
  CHECK_FALSE(matched->matches);
  CHECK_FALSE(matched->needs_rehash);
  CHECK(w.workers[0].meter()->handled() == before + 1);
}

TEST_CASE("a hash of another cost is to be made anew, but only when it matched") {
  identity_world w;
  w.start_hasher();
  auto old = hash_password("password", {2, 16384});
  CHECK(w.call(w.hasher, match_password{"password", *old})->needs_rehash);
  CHECK_FALSE(w.call(w.hasher, match_password{"passw0rd", *old})->needs_rehash);
}

TEST_CASE(
    "each worker has one job at a time, the queue holds the rest, then it is full") {
  hasher_world w;
  std::vector<later<password_hash_made>> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back(w.job());
  CHECK(w.doors->held() == 2);
  CHECK(w.gauge_of(0) == 3); // Waiting.
  CHECK(w.gauge_of(1) == 2); // Busy workers.
  auto refused = w.job();
  REQUIRE(refused->has_value());
  CHECK((*refused)->error().code == errc::overloaded);
  CHECK((*refused)->error().retry_after > 0s);
  w.doors->release();
  w.run();
  for (auto& j : jobs)
    CHECK((**j).ok());
  CHECK(w.gauge_of(0) == 0);
  CHECK(w.gauge_of(1) == 0);
}

TEST_CASE("an address that floods the queue makes another wait for one of its jobs, and "
          "is the one that is refused") {
  hasher_world w;
  std::vector<later<password_hash_made>> flood;
  for (int i = 0; i < 5; ++i)
    flood.push_back(w.job("password", "flood")); // Two at work, three wait.
  auto other = w.job("password", "other");
  CHECK_FALSE(other->has_value());
  REQUIRE(flood.back()->has_value());
  CHECK((*flood.back())->error().code == errc::overloaded);
  w.doors->release();
  w.run();
  CHECK((**other).ok());
  CHECK(w.begun == std::vector<std::string>{"flood", "flood", "flood", "other", "flood"});
}

TEST_CASE("a worker that dies is replaced, its job answered, the others go on") {
  hasher_world w;
  auto lost = w.job();
  auto kept = w.job();
  caf::anon_send_exit(w.workers[0].get(), caf::exit_reason::kill);
  w.run();
  REQUIRE(lost->has_value());
  CHECK((*lost)->error().code == errc::unavailable);
  CHECK_FALSE(kept->has_value());
  CHECK(w.workers[0].meter()->restarts == 1);
  auto next = w.job();
  w.doors->release();
  w.run();
  CHECK((**kept).ok());
  CHECK((**next).ok());
}

TEST_CASE("a worker that throws is replaced and its job answered at once") {
  hasher_world w;
  auto lost = w.job("throw");
  REQUIRE(lost->has_value());
  CHECK_FALSE((*lost)->ok());
  w.doors->release();
  CHECK((**w.job()).ok());
  CHECK(w.workers[0].meter()->restarts == 1);
}

TEST_CASE("a worker that hangs is killed and replaced, its job answered in time") {
  hasher_world w;
  auto hung = w.job();
  w.advance(w.hasher_config.job_timeout + 1s, 1s);
  REQUIRE(hung->has_value());
  CHECK((*hung)->error().code == errc::deadline_exceeded);
  CHECK(w.workers[0].meter()->restarts == 1);
  CHECK(w.gauge_of(1) == 0);
}

TEST_CASE("a job that waited longer than anybody waits is not done any more") {
  hasher_world w;
  auto first = w.job();
  auto second = w.job();
  w.advance(5s, 1s);
  auto third = w.job(); // Comes to its turn when the first two have timed out …
  w.advance(4s, 1s);
  auto fourth = w.job();
  w.advance(2s, 1s);
  CHECK_FALSE(third->has_value()); // … after 11 s, 6 s of which it waited.
  w.advance(11s, 1s);
  CHECK((*third)->error().code == errc::deadline_exceeded);
  CHECK(fourth->has_value());
}

TEST_CASE("a front that ends answers every job and takes its workers along") {
  hasher_world w;
  std::vector<later<password_hash_made>> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back(w.job());
  auto worker = w.workers[0].get();
  SUBCASE("by a crash") {
    w.kill(w.hasher);
  }
  SUBCASE("in order") {
    caf::anon_send(w.hasher.get(), shut_down{});
    w.run();
  }
  for (auto& j : jobs) {
    REQUIRE(j->has_value());
    CHECK((*j)->error().code == errc::unavailable);
  }
  CHECK(w.ask(worker, get_status{}).error().code == errc::unavailable);
}

} // namespace tinybook::test
