// Codes and their messages at the actor boundary in cluster mode, over a real PostgreSQL
// (fsync on) and a real Redis. Medians of three, alternating with the yardstick:
//   verify: `try_code` to the code cache over Redis, against bare hiredis that runs the
//     same script with the same keys and arguments. A loop of our own instead of
//     redis-benchmark, since each run needs its own key and arguments; it pipelines as
//     deep as the actors did on average, and once as deep as requests were in flight;
//   submit: `submit_message` to a pool of workers, against the same rows inserted by
//     libpqxx over as many connections, in transactions as large as the workers';
//   drain: two failover supervisors empty one outbox through providers that answer at
//     once, against raw claim and complete on two connections in equal batches.
//   bench_shared_codes [verify|submit|drain]   default all
#include "actors/codes/redis_code_cache.hpp"
#include "actors/redis/redis_client.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "bench/support/actor_crew.hpp"
#include "bench/support/counting_provider.hpp"
#include "bench/support/median.hpp"
#include "bench/support/postgres_outbox.hpp"
#include "bench/support/redis_codes.hpp"
#include "bench/support/request_load.hpp"
#include "bench/support/sending_replica.hpp"
#include "bench/support/stored_outbox.hpp"
#include "storage/postgres/database.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;
using bench::median;

constexpr int rounds = 3;
constexpr std::int64_t codes_to_verify = 40'000;
constexpr std::int64_t rows_to_submit = 20'000;
constexpr std::int64_t rows_to_drain = 5'000;
constexpr int submits_in_flight = 256;
constexpr int raw_drains = 2;

struct servers {
  test::postgres_server postgres{{.fsync = true}};
  test::redis_server redis;
  std::shared_ptr<const keyring> keys;
  int databases = 0;

  servers() {
    system_random random;
    keys = std::make_shared<const keyring>(keyring::generate(random));
  }

  /// A new database with the product's schema and these messages; its name.
  std::string database_with(const std::vector<storage::submit_message>& messages) {
    auto name = "bench_" + std::to_string(++databases);
    postgres.create_database(name);
    bench::store_in_postgres(*bench::open_postgres(postgres.url(name), "filler"),
                             messages);
    return name;
  }
};

/// The rate a second, and how many operations shared a round trip, a commit or a claim.
struct measured {
  double rate = 0;
  double batch = 1;

  [[nodiscard]] int whole_batch() const {
    return std::max(1, static_cast<int>(std::lround(batch)));
  }
};

void print(const std::string& name, const std::vector<double>& ours,
           const std::vector<double>& yard) {
  std::printf("%s %.0f %.0f %.2f\n", name.c_str(), median(ours), median(yard),
              median(ours) / median(yard));
  std::fflush(stdout);
}

/// The client connects on a thread of its own.
void await_redis(bench::actor_crew& crew, const address<code_cache_actor>& cache,
                 const withdraw_code& unknown) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  for (bool there = false; !there;) {
    caf::scoped_actor self{crew.system()};
    self->request(caf::actor_cast<caf::actor>(cache.get()), 5s, unknown)
        .receive([&](const done&) { there = true; }, [](const caf::error&) {});
    if (!there && std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("redis is not reached");
    std::this_thread::sleep_for(10ms);
  }
}

measured verify(servers& on, const bench::redis_codes& codes, int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  bench::actor_crew crew{s.scheduler};
  const redis_address redis{bench::actor_crew::declare<redis_actor>("redis"),
                            s.redis.max_queue};
  const auto cache = bench::actor_crew::declare<code_cache_actor>("code-cache");
  crew.start<redis_client_state, caf::detached>(
      redis.at, redis_client_from(s, {}),
      std::shared_ptr<random_source>{std::make_shared<system_random>()});
  // No store is behind it: the rows are read only for codes that Redis does not know.
  const store_address<code_store_actor> store{
      bench::actor_crew::declare<code_store_actor::writer>("no-writer"),
      {bench::actor_crew::declare<code_store_actor::reader>("no-reader")}};
  crew.start<redis_code_cache_state>(cache, codes.config(), redis, store, on.keys,
                                     wall_clock{system_now});
  await_redis(crew, cache, {codes.entry(0).key, 0});
  measured m;
  m.rate = bench::run_requests(
      crew.system(), codes_to_verify, in_flight, [&] { return cache.get(); },
      [&](std::int64_t i) { return codes.entry(i + 1); },
      [](const code_verdict& answer) {
        return answer.verdict.outcome == verify_outcome::accepted;
      });
  m.batch = crew.gauge(redis.at, "mean_batch");
  return m;
}

void compare_verify(servers& on, int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  const bench::redis_codes codes{on.redis.port(), on.keys, redis_code_cache_from(s)};
  const auto bare = [&](int pipeline) {
    codes.renew(codes_to_verify);
    return codes.enter_bare(codes_to_verify, static_cast<std::size_t>(pipeline));
  };
  std::vector<double> ours;
  std::vector<double> equal;
  std::vector<double> full;
  for (int i = 0; i < rounds; ++i) {
    codes.renew(codes_to_verify);
    const auto m = verify(on, codes, in_flight);
    ours.push_back(m.rate);
    equal.push_back(bare(m.whole_batch()));
    full.push_back(bare(in_flight));
    std::fprintf(stderr,
                 "verify, %d in flight: %.0f/s (%.1f a round trip), bare with %d: %.0f/s,"
                 " with %d: %.0f/s\n",
                 in_flight, m.rate, m.batch, m.whole_batch(), equal.back(), in_flight,
                 full.back());
  }
  const auto name = "verify_" + std::to_string(in_flight);
  print(name, ours, equal);
  print(name + "_full", ours, full);
}

measured submit(servers& on, const std::vector<storage::submit_message>& messages) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  const auto url = on.postgres.url(on.database_with({}));
  bench::actor_crew crew{s.scheduler};
  const auto workers =
      bench::start_workers(crew, s, bench::open_postgres(url, s.replica.name));
  const store_address<store_actor> store{workers, s.storage.max_queue};
  measured m;
  m.rate = bench::run_requests(
      crew.system(), std::ssize(messages), submits_in_flight,
      [&] { return store.route<storage::submit_message>().untyped(); },
      [&](std::int64_t i) { return messages[static_cast<std::size_t>(i)]; },
      [](const storage::submitted_message& stored) { return stored.id > 0; });
  double commits = 0;
  for (const auto& worker : workers)
    commits += crew.gauge(worker, "commits");
  m.batch = static_cast<double>(messages.size()) / std::max(commits, 1.0);
  return m;
}

void compare_submit(servers& on) {
  system_random random;
  std::vector<storage::submit_message> messages;
  for (std::int64_t i = 1; i <= rows_to_submit; ++i) {
    messages.push_back(bench::message_of(i, *on.keys, random, system_now()));
    messages.back().code.reset(); // Its state is in Redis.
  }
  const auto connections = static_cast<int>(
      bench::replica_settings("bench", on.redis.port()).postgres.connections);
  std::vector<double> ours;
  std::vector<double> raw;
  for (int i = 0; i < rounds; ++i) {
    const auto m = submit(on, messages);
    ours.push_back(m.rate);
    raw.push_back(bench::insert_raw(on.postgres.url(on.database_with({})), messages,
                                    connections,
                                    static_cast<std::size_t>(m.whole_batch())));
    std::fprintf(stderr,
                 "submit, %d in flight: %.0f/s (%.1f a commit), raw in batches of %d over"
                 " %d connections: %.0f/s\n",
                 submits_in_flight, m.rate, m.batch, m.whole_batch(), connections,
                 raw.back());
  }
  print("submit", ours, raw);
}

/// A stored outbox that is due at `when`; the name of its database.
std::string outbox_due(servers& on, const std::vector<storage::submit_message>& messages,
                       std::chrono::milliseconds from_now) {
  auto name = on.database_with(messages);
  (void)on.postgres.query("UPDATE sms_messages SET run_at = "
                              + std::to_string(to_unix_ms(system_now() + from_now)),
                          name);
  (void)on.postgres.query("VACUUM (ANALYZE) sms_messages", name);
  return name;
}

measured drain(servers& on, const std::vector<storage::submit_message>& messages) {
  const auto one = bench::replica_settings("one", on.redis.port());
  const auto two = bench::replica_settings("two", on.redis.port());
  bench::redis_codes{on.redis.port(), on.keys, redis_code_cache_from(one)}.renew(
      rows_to_drain);
  // Due when all actors have read what they need.
  const auto url = on.postgres.url(outbox_due(on, messages, 4s));
  auto counts = std::make_shared<bench::tally>(rows_to_drain);
  const auto clients = [&] {
    return std::make_unique<bench::counting_provider>(counts, 0ms, nullptr);
  };
  auto last = counts->last.get_future();
  bench::sending_replica first{one, bench::open_postgres(url, "one"), on.keys, clients};
  bench::sending_replica second{two, bench::open_postgres(url, "two"), on.keys, clients};
  const auto both = [&](const char* gauge) {
    return first.gauge(gauge) + second.gauge(gauge);
  };
  if (last.wait_for(2min) != std::future_status::ready)
    throw std::runtime_error("not drained");
  const auto deadline = std::chrono::steady_clock::now() + 1min;
  while (both("ended_delivered") < static_cast<double>(rows_to_drain)) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the ends are not stored");
    std::this_thread::sleep_for(1ms);
  }
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - counts->first;
  if (counts->begun != rows_to_drain)
    throw std::runtime_error("a message was sent twice");
  std::fprintf(stderr, "replica one sent %.0f, two %.0f\n",
               first.gauge("ended_delivered"), second.gauge("ended_delivered"));
  return {static_cast<double>(rows_to_drain) / took.count(),
          both("claimed") / std::max(both("claims"), 1.0)};
}

void compare_drain(servers& on) {
  system_random random;
  std::vector<storage::submit_message> messages;
  for (std::int64_t i = 1; i <= rows_to_drain; ++i) {
    messages.push_back(bench::message_of(i, *on.keys, random, system_now()));
    messages.back().code.reset();
  }
  std::vector<double> ours;
  std::vector<double> raw;
  for (int i = 0; i < rounds; ++i) {
    const auto m = drain(on, messages);
    ours.push_back(m.rate);
    raw.push_back(bench::drain_raw(on.postgres.url(outbox_due(on, messages, 0ms)),
                                   raw_drains, m.whole_batch()));
    std::fprintf(stderr,
                 "drain, two replicas: %.0f/s (%.1f a claim), raw on two connections in"
                 " batches of %d: %.0f/s\n",
                 m.rate, m.batch, m.whole_batch(), raw.back());
  }
  print("drain", ours, raw);
}

} // namespace

int main(int argc, char** argv) try {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto wanted = [&](std::string_view name) {
    return what.empty() || what == name;
  };
  servers on;
  if (wanted("verify"))
    for (const int in_flight : {64, 256})
      compare_verify(on, in_flight);
  if (wanted("submit"))
    compare_submit(on);
  if (wanted("drain"))
    compare_drain(on);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
