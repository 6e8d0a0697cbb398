// Codes and their messages at the actor boundary in cluster mode, over a real PostgreSQL
// (fsync on) and a real Redis. Medians of BENCH_PAIRS pairs (3) with the yardstick:
//   verify: `try_code` to the code cache over Redis, against bare hiredis that runs the
//     same script with the same keys and arguments. A loop of our own instead of
//     redis-benchmark, since each run needs its own key and arguments; it pipelines as
//     deep as the actors did on average, and once as deep as requests were in flight;
//   use: log-ins by code: `try_code`, the session and the use of the code committed by a
//     pool of workers, `settle_code`; against bare EVALSHA of the same scripts and raw
//     SQL over as many connections, in round trips and transactions as large as ours;
//   submit: `submit_message` to a pool of workers, against the same rows inserted by
//     libpqxx over as many connections, in transactions as large as the workers';
//   drain: two failover supervisors empty one outbox through providers that answer at
//     once, against raw claim and complete on two connections in equal batches.
//   bench_shared_codes [verify|use|submit|drain]   default all
#include "actors/codes/redis_code_cache.hpp"
#include "actors/redis/redis_client.hpp"
#include "actors/system/ask.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "bench/support/actor_crew.hpp"
#include "bench/support/counting_provider.hpp"
#include "bench/support/pairs.hpp"
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
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;

constexpr std::int64_t codes_to_verify = 40'000;
constexpr std::int64_t codes_to_use = 10'000;
constexpr std::int64_t rows_to_submit = 20'000;
constexpr std::int64_t rows_to_drain = 5'000;
constexpr int logins_in_flight = 256;
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

/// Log-in codes 1 to `count`, with their states in Redis.
std::vector<storage::submit_message> shared_messages(const servers& on,
                                                     std::int64_t count) {
  system_random random;
  std::vector<storage::submit_message> messages;
  for (std::int64_t i = 1; i <= count; ++i) {
    messages.push_back(bench::message_of(i, *on.keys, random, system_now()));
    messages.back().code.reset();
  }
  return messages;
}

/// The rate a second, and how many operations shared a round trip, a commit or a claim.
struct measured {
  double rate = 0;
  double batch = 1;

  [[nodiscard]] int whole_batch() const {
    return std::max(1, static_cast<int>(std::lround(batch)));
  }
};

struct code_cache {
  redis_address redis;
  address<code_cache_actor> at;
};

/// Returns when it has reached Redis: the client connects on a thread of its own.
code_cache start_cache(bench::actor_crew& crew, servers& on,
                       const bench::redis_codes& codes,
                       const store_address<code_store_actor>& store) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  code_cache out{{bench::actor_crew::declare<redis_actor>("redis"), s.redis.max_queue},
                 bench::actor_crew::declare<code_cache_actor>("code-cache")};
  crew.start<redis_client_state, caf::detached>(
      out.redis.at, redis_client_from(s, {}),
      std::shared_ptr<random_source>{std::make_shared<system_random>()});
  crew.start<redis_code_cache_state>(out.at, codes.config(), out.redis, store, on.keys,
                                     wall_clock{system_now});
  const withdraw_code unknown{codes.entry(0).key, 0};
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  for (bool there = false; !there;) {
    caf::scoped_actor self{crew.system()};
    self->request(caf::actor_cast<caf::actor>(out.at.get()), 5s, unknown)
        .receive([&](const done&) { there = true; }, [](const caf::error&) {});
    if (!there && std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("redis is not reached");
    std::this_thread::sleep_for(10ms);
  }
  return out;
}

measured verify(servers& on, const bench::redis_codes& codes, int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  bench::actor_crew crew{s.scheduler};
  // No store is behind it: the rows are read only for codes that Redis does not know.
  const store_address<code_store_actor> store{
      bench::actor_crew::declare<code_store_actor::writer>("no-writer"),
      {bench::actor_crew::declare<code_store_actor::reader>("no-reader")}};
  const auto cache = start_cache(crew, on, codes, store);
  measured m;
  m.rate = bench::run_requests(
      crew.system(), codes_to_verify, in_flight, [&] { return cache.at.get(); },
      [&](std::int64_t i) { return codes.entry(i + 1); },
      [](const code_verdict& answer) {
        return answer.verdict.outcome == verify_outcome::accepted;
      });
  m.batch = crew.gauge(cache.redis.at, "mean_batch");
  return m;
}

void compare_verify(servers& on, int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  const bench::redis_codes codes{on.redis.port(), on.keys, redis_code_cache_from(s)};
  const auto bare = [&](int pipeline) {
    codes.renew(codes_to_verify);
    return codes.enter_bare(codes_to_verify, static_cast<std::size_t>(pipeline));
  };
  bench::pairs equal;
  bench::pairs full;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    codes.renew(codes_to_verify);
    const auto m = verify(on, codes, in_flight);
    const auto in_equal = bare(m.whole_batch());
    const auto in_full = bare(in_flight);
    equal.add(m.rate, in_equal);
    full.add(m.rate, in_full);
    std::fprintf(stderr,
                 "verify, %d in flight: %.0f/s (%.1f a round trip), bare with %d: %.0f/s,"
                 " with %d: %.0f/s\n",
                 in_flight, m.rate, m.batch, m.whole_batch(), in_equal, in_flight,
                 in_full);
  }
  const auto name = "verify_" + std::to_string(in_flight);
  equal.print(name);
  full.print(name + "_full");
}

struct log_in_peers {
  address<code_cache_actor> codes;
  store_address<store_actor> store;
};

/// Log-ins by code as one journey each of the product's actors takes them.
class log_in_state {
 public:
  using actor_type = actor_for<>;

  /// Tells `over` how many of `total` log-ins failed.
  log_in_state(self_pointer<actor_type> self, log_in_peers peers,
               const bench::redis_codes* codes, std::int64_t total, int in_flight,
               std::promise<std::int64_t>* over)
      : self_(std::move(self)),
        peers_(std::move(peers)),
        codes_(codes),
        total_(total),
        in_flight_(in_flight),
        over_(over) {}

  actor_type::behavior_type make_behavior() {
    for (int i = 0; i < in_flight_; ++i)
      start_journey(self_, "log-ins", log_in_in_turn());
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
    };
  }

 private:
  task<result<done>> log_in_in_turn() {
    while (begun_ < total_) {
      const auto logged_in = co_await log_in(++begun_);
      failed_ += logged_in ? 0 : 1;
      if (++ended_ == total_)
        over_->set_value(failed_);
    }
    co_return done{};
  }

  task<result<done>> log_in(std::int64_t number) {
    auto entry = codes_->entry(number);
    code_ticket ticket{{entry.key, {}, system_now()}, entry.ticket};
    auto tried = co_await ask(peers_.codes, patience, std::move(entry));
    if (!tried)
      co_return std::move(tried.error());
    ticket.use.codes = std::move(tried->verdict.matched);
    storage::session_family family;
    family.id = random_id(random_);
    family.user = number;
    family.generation = 1;
    family.rotated_at = ticket.use.at;
    family.expires_at = ticket.use.at + 30 * 24h;
    auto opened = co_await ask(peers_.store, patience,
                               storage::create_family{std::move(family), ticket.use});
    if (!opened)
      co_return std::move(opened.error());
    co_return co_await ask(peers_.codes, patience, settle_code{std::move(ticket), true});
  }

  static constexpr auto patience = 30s;

  self_pointer<actor_type> self_;
  log_in_peers peers_;
  const bench::redis_codes* codes_;
  std::int64_t total_;
  int in_flight_;
  std::promise<std::int64_t>* over_;
  system_random random_;
  std::int64_t begun_ = 0;
  std::int64_t ended_ = 0;
  std::int64_t failed_ = 0;
};

/// Sent messages of the codes, and the users who log in by them; the database's name.
std::string codes_sent(servers& on,
                       const std::vector<storage::submit_message>& messages) {
  auto name = on.database_with(messages);
  (void)on.postgres.query(
      "UPDATE sms_messages SET state = 2, provider = 'bench', sealed_parameters = '',"
      " finalized_at = created_at;"
      "INSERT INTO users (id, phone, created_at) OVERRIDING SYSTEM VALUE"
      " SELECT code_id, phone, 0 FROM sms_messages;",
      name);
  (void)on.postgres.query("VACUUM (ANALYZE) sms_messages, users", name);
  return name;
}

struct measured_use {
  double rate = 0;
  double round_trip = 1;  ///< Commands to Redis that shared one.
  double transaction = 1; ///< Log-ins that shared one.
};

measured_use use(servers& on, const bench::redis_codes& codes, const std::string& name,
                 int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  measured_use m;
  bench::actor_crew crew{s.scheduler};
  const store_address<store_actor> store{
      bench::start_workers(crew, s,
                           bench::open_postgres(on.postgres.url(name), s.replica.name)),
      s.storage.max_queue};
  const auto cache = start_cache(crew, on, codes, store_address<code_store_actor>{store});
  std::promise<std::int64_t> over;
  auto failed = over.get_future();
  const auto began = std::chrono::steady_clock::now();
  crew.start<log_in_state>(bench::actor_crew::declare<actor_for<>>("log-ins"),
                           log_in_peers{cache.at, store}, &codes, codes_to_use, in_flight,
                           &over);
  if (failed.wait_for(2min) != std::future_status::ready || failed.get() != 0)
    throw std::runtime_error("a log-in by code failed");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  m.rate = static_cast<double>(codes_to_use) / took.count();
  m.round_trip = crew.gauge(cache.redis.at, "mean_batch");
  m.transaction = std::stod(on.postgres.query(
      "SELECT count(*)::float8 / count(DISTINCT xmin::text) FROM session_families",
      name));
  return m;
}

void compare_use(servers& on, int in_flight) {
  const auto s = bench::replica_settings("bench", on.redis.port());
  const bench::redis_codes codes{on.redis.port(), on.keys, redis_code_cache_from(s)};
  const auto messages = shared_messages(on, codes_to_use);
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    codes.renew(codes_to_use);
    const auto m = use(on, codes, codes_sent(on, messages), in_flight);
    codes.renew(codes_to_use);
    const auto round_trip = std::max(1L, std::lround(m.round_trip));
    const auto transaction = std::max(1L, std::lround(m.transaction));
    const auto bare = codes.use_bare(codes_to_use, static_cast<std::size_t>(round_trip),
                                     on.postgres.url(codes_sent(on, messages)),
                                     static_cast<int>(s.postgres.connections),
                                     static_cast<std::size_t>(transaction));
    both.add(m.rate, bare);
    std::fprintf(stderr,
                 "use, %d in flight: %.0f/s (%.1f a round trip, %.1f a transaction), bare"
                 " with %ld and %ld: %.0f/s\n",
                 in_flight, m.rate, m.round_trip, m.transaction, round_trip, transaction,
                 bare);
  }
  both.print("use");
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
  const auto messages = shared_messages(on, rows_to_submit);
  const auto connections = static_cast<int>(
      bench::replica_settings("bench", on.redis.port()).postgres.connections);
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto m = submit(on, messages);
    const auto raw =
        bench::insert_raw(on.postgres.url(on.database_with({})), messages, connections,
                          static_cast<std::size_t>(m.whole_batch()));
    both.add(m.rate, raw);
    std::fprintf(stderr,
                 "submit, %d in flight: %.0f/s (%.1f a commit), raw in batches of %d over"
                 " %d connections: %.0f/s\n",
                 submits_in_flight, m.rate, m.batch, m.whole_batch(), connections, raw);
  }
  both.print("submit");
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
  const auto messages = shared_messages(on, rows_to_drain);
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto m = drain(on, messages);
    const auto raw = bench::drain_raw(on.postgres.url(outbox_due(on, messages, 0ms)),
                                      raw_drains, m.whole_batch());
    both.add(m.rate, raw);
    std::fprintf(stderr,
                 "drain, two replicas: %.0f/s (%.1f a claim), raw on two connections in"
                 " batches of %d: %.0f/s\n",
                 m.rate, m.batch, m.whole_batch(), raw);
  }
  both.print("drain");
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
  if (wanted("use"))
    compare_use(on, logins_in_flight);
  if (wanted("submit"))
    compare_submit(on);
  if (wanted("drain"))
    compare_drain(on);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
