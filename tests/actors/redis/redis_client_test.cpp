#include "actors/codes/permit_messages.hpp"
#include "tests/actors/redis/redis_fixture.hpp"

#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr storage::redis::script count_script{
    "count", "return redis.call('INCRBY', KEYS[1], ARGV[1])"};

struct outcome {
  int succeeded = 0;
  std::vector<failure> failures;
};

/// A detached client, as in production, in real time.
class running_client {
 public:
  explicit running_client(redis_client_config config)
      : handle_(
          system_.spawn<actor_of_state<redis_actor, redis_client_state>, caf::detached>(
              meter_, std::move(config), std::make_shared<system_random>())) {}
  ~running_client() { caf::anon_send_exit(handle_, caf::exit_reason::user_shutdown); }

  /// Asks for `times` increments at once and waits for all answers.
  outcome run(int times = 1) {
    caf::scoped_actor self{system_};
    auto ask = [&] {
      return self->request(handle_, 20s, run_script{&count_script, {"{t}"}, {"1"}});
    };
    std::vector<decltype(ask())> asked;
    for (int i = 0; i < times; ++i)
      asked.push_back(ask());
    outcome all;
    for (auto& one : asked)
      one.receive([&](storage::redis::value&) { ++all.succeeded; },
                  [&](caf::error& e) { all.failures.push_back(to_failure(e, "test")); });
    return all;
  }

  /// Whether commands succeed again before the deadline.
  bool heals() {
    auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline)
      if (run().succeeded == 1)
        return true;
    return false;
  }

  actor_status status() {
    caf::scoped_actor self{system_};
    actor_status shown;
    self->request(handle_, 20s, get_status{})
        .receive([&](actor_status& s) { shown = std::move(s); }, [](caf::error&) {});
    return shown;
  }

  double gauge_of(const std::string& name) {
    for (const auto& g : status().gauges)
      if (g.name == name)
        return g.value;
    return -1;
  }

  const actor_meter& meter() const { return *meter_; }

 private:
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  meter_ptr meter_ = std::make_shared<actor_meter>("redis", "test", "");
  handle_of<redis_actor> handle_;
};

bool all_unavailable(const outcome& o) {
  return std::ranges::all_of(o.failures, [](const failure& f) {
    return f.code == errc::unavailable && f.retry_after > 0ms;
  });
}

bool misses_redis(const actor_meter& meter) {
  return meter.health.has("redis");
}

} // namespace

TEST_CASE("commands sent together share round trips, and each gets its own answer") {
  auto& server = shared_redis();
  running_client client{client_of(server)};
  CHECK(client.run(5000).succeeded == 5000);
  CHECK(server.command({"GET", "{t}"}) == "5000");
  CHECK(client.gauge_of("commands") == 5000);
  CHECK(client.gauge_of("mean_batch") > 20);
  CHECK_FALSE(misses_redis(client.meter()));
}

TEST_CASE("while Redis is away everything fails at once, and works when it is back") {
  redis_server server;
  running_client client{client_of(server)};
  REQUIRE(client.run().succeeded == 1);
  server.kill_hard();
  auto failed = client.run(100);
  CHECK(failed.failures.size() == 100);
  CHECK(all_unavailable(failed));
  CHECK(misses_redis(client.meter()));
  auto since = std::chrono::steady_clock::now();
  CHECK(client.run(100).failures.size() == 100);
  CHECK(std::chrono::steady_clock::now() - since < 500ms);
  server.start();
  CHECK(client.heals());
  CHECK_FALSE(misses_redis(client.meter()));
  CHECK(client.gauge_of("reconnects") == 1);
}

TEST_CASE("a client that starts before Redis connects when it comes") {
  redis_server server;
  server.stop();
  running_client client{client_of(server)};
  CHECK(client.run().failures.size() == 1);
  server.start();
  CHECK(client.heals());
}

TEST_CASE("a frozen Redis fails what waits after the timeout and all else at once") {
  redis_server server;
  auto config = client_of(server);
  config.server.timeout = 400ms;
  running_client client{config};
  REQUIRE(client.run().succeeded == 1);
  server.freeze();
  auto since = std::chrono::steady_clock::now();
  auto failed = client.run(100);
  CHECK(failed.failures.size() == 100);
  CHECK(all_unavailable(failed));
  auto waited = std::chrono::steady_clock::now() - since;
  CHECK(waited >= 400ms);
  CHECK(waited < 4s);
  // The attempts to connect hang, too: nobody waits for them.
  since = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i)
    CHECK(all_unavailable(client.run()));
  CHECK(std::chrono::steady_clock::now() - since < 2s);
  server.thaw();
  CHECK(client.heals());
}

TEST_CASE("an unfit Redis is refused with the reason, and used once it is reconfigured") {
  redis_server server{
      {.words = {"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"}}};
  running_client client{client_of(server)};
  auto failed = client.run();
  REQUIRE(failed.failures.size() == 1);
  CHECK(failed.failures[0].code == errc::unavailable);
  CHECK(failed.failures[0].detail.find("noeviction") != std::string::npos);
  server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  CHECK(client.heals());
}

TEST_CASE("a command is refused when too many are waiting") {
  auto meter = std::make_shared<actor_meter>("redis", "test", "");
  redis_address redis{address<redis_actor>{meter}, 2};
  meter->message_arrived();
  meter->message_arrived();
  actor_fixture world;
  struct asker {
    using actor_type = rate_limiter_actor;
    asker(self_pointer<actor_type> s, redis_address r) : self(s), to(std::move(r)) {}
    actor_type::behavior_type make_behavior() {
      return {[](const get_status&) { return actor_status{}; }, [](const shut_down&) {},
              [](const timer_fired&) {},
              [this](const take_permits&) -> caf::result<permits> {
                caf::result<permits> out = permits{};
                ask(self, to, 1s, run_script{&count_script, {"k"}, {"1"}},
                    [&](const auto& r) {
                      out = to_error(r.ok() ? failure{errc::none} : r.error());
                    });
                return out;
              },
              [](const return_permits&) {
              }};
    }
    self_pointer<actor_type> self;
    redis_address to;
  };
  auto at = world.start<rate_limiter_actor, asker>("asker", redis);
  auto refused = world.ask(at, take_permits{});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::overloaded);
  CHECK(refused.error().retry_after > 0ms);
}

} // namespace tinybook::test
