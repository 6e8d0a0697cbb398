#include "tests/blackbox/cluster_load.hpp"

#include <algorithm>
#include <functional>

namespace tinybook::test {

namespace {

using std::chrono::steady_clock;

struct outage {
  std::string name;
  std::string missing; ///< What /readyz must name; empty = not checked.
  std::function<void(cluster_world&)> begin;
  std::function<void(cluster_world&)> end;
  std::chrono::seconds lasts{3};
};

/// Load on both replicas before, during and after; every answer is judged by the load.
void live_through(cluster_world& w, const outage& o) {
  cluster_load load{w, o.name};
  load.run_on({0, 1});
  REQUIRE(load.goes_on(50, 20s));
  o.begin(w);
  auto until = steady_clock::now() + o.lasts;
  bool named = o.missing.empty();
  auto names_it = [&] {
    auto parts = w.missing(0);
    return std::ranges::any_of(parts, [&](const std::string& part) {
      return part.find(o.missing) != std::string::npos;
    });
  };
  CHECK_MESSAGE(becomes(o.lasts + 6s,
                        [&] {
                          named = named || names_it();
                          return named && steady_clock::now() >= until;
                        }),
                "/readyz names " << o.missing);
  o.end(w);
  auto begin = steady_clock::now();
  CHECK_MESSAGE(w.ready(10s), "not healed within ten seconds");
  auto healed = steady_clock::now() - begin;
  CHECK(load.goes_on(100, 20s));
  MESSAGE(o.name << " healed after "
                 << std::chrono::duration_cast<std::chrono::milliseconds>(healed).count()
                 << " ms");
  load.check(30s);
}

void nothing(cluster_world&) {}

} // namespace

TEST_CASE("Redis stops and starts empty") {
  live_through(shared_cluster(),
               {"redis-stop", "redis", [](cluster_world& w) { w.redis.stop(); },
                [](cluster_world& w) {
                  w.redis.start();
                }});
}

TEST_CASE("Redis freezes") {
  live_through(shared_cluster(),
               {"redis-freeze", "redis", [](cluster_world& w) { w.redis.freeze(); },
                [](cluster_world& w) {
                  w.redis.thaw();
                }});
}

TEST_CASE("Redis is flushed") {
  live_through(
      shared_cluster(),
      {"redis-flush", "", [](cluster_world& w) { w.redis.flush(); }, nothing, 1s});
}

TEST_CASE("Redis cannot be reached through a network that hangs") {
  live_through(shared_cluster(), {"redis-network", "redis",
                                  [](cluster_world& w) { w.redis_proxy.swallow(); },
                                  [](cluster_world& w) {
                                    w.redis_proxy.pass();
                                  }});
}

TEST_CASE("PostgreSQL stops and starts") {
  live_through(shared_cluster(),
               {"postgres-stop", "postgres", [](cluster_world& w) { w.postgres.stop(); },
                [](cluster_world& w) {
                  w.postgres.start();
                }});
}

TEST_CASE("PostgreSQL freezes") {
  live_through(shared_cluster(), {"postgres-freeze", "postgres",
                                  [](cluster_world& w) { w.postgres.freeze(); },
                                  [](cluster_world& w) { w.postgres.thaw(); }, 5s});
}

TEST_CASE("PostgreSQL cannot be reached through a network that hangs") {
  live_through(shared_cluster(), {"postgres-network", "postgres",
                                  [](cluster_world& w) { w.postgres_proxy.swallow(); },
                                  [](cluster_world& w) { w.postgres_proxy.pass(); }, 5s});
}

TEST_CASE("Kafka stops and starts") {
  live_through(shared_cluster(),
               {"kafka-stop", "kafka", [](cluster_world& w) { w.kafka.stop(); },
                [](cluster_world& w) {
                  w.kafka.start();
                }});
}

TEST_CASE("Kafka is killed and starts") {
  live_through(shared_cluster(),
               {"kafka-kill", "kafka", [](cluster_world& w) { w.kafka.kill_hard(); },
                [](cluster_world& w) {
                  w.kafka.start();
                }});
}

TEST_CASE("Kafka freezes") {
  live_through(shared_cluster(),
               {"kafka-freeze", "kafka", [](cluster_world& w) { w.kafka.freeze(); },
                [](cluster_world& w) { w.kafka.thaw(); }, 5s});
}

TEST_CASE("Kafka cannot be reached through a network that hangs") {
  live_through(shared_cluster(), {"kafka-network", "kafka",
                                  [](cluster_world& w) { w.kafka_proxy.swallow(); },
                                  [](cluster_world& w) { w.kafka_proxy.pass(); }, 5s});
}

TEST_CASE("log-outs stay log-outs when Redis loses its data") {
  auto& w = shared_cluster();
  auto here = w.person("forgotten", 0);
  auto there = w.same_person(here, 1);
  REQUIRE(here.log_out().status == 200);
  REQUIRE(becomes(5s, [&] { return there.get("/users/profile").status == 401; }));
  w.redis.flush();
  w.kill(1);
  w.start(1); // It knows them from the database.
  auto again = w.same_person(here, 1);
  CHECK(again.get("/users/profile").status == 401);
  CHECK(here.get("/users/profile").status == 401);
}

} // namespace tinybook::test
