// Like events from Kafka to the boards in Redis, over a real broker and a real Redis: the
// product's whole tree (its source, feed and ranking do the work), beside a
// bare librdkafka consumer that decodes the same events and runs the same apply script by
// hiredis, in batches as large as the source's were. Both read one topic that was filled
// before, into boards that stand at an empty epoch, and are timed from when the first
// batch is applied until all are. Medians of BENCH_PAIRS pairs (3).
//   bench_event_ingest [EVENTS] [ARTICLES]   default 20000, 2000
// Needs scripts/prepare-kafka.sh.
#include "bench/support/like_topic.hpp"
#include "bench/support/pairs.hpp"
#include "bench/support/running_tree.hpp"
#include "config/loader.hpp"
#include "storage/support/calendar.hpp"
#include "tests/support/kafka_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

struct servers {
  test::kafka_server kafka;
  test::redis_server redis;
};

config::settings settings_for(const servers& on, const std::string& topic,
                              const std::string& prefix) {
  auto s = config::defaults();
  s.replica.name = "bench";
  s.events.bus = config::bus_kind::kafka;
  s.kafka.brokers = on.kafka.brokers();
  s.kafka.topic = topic;
  s.kafka.group = prefix;
  s.kafka.partitions = static_cast<std::size_t>(bench::like_partitions);
  s.ranking.board = config::backend_kind::redis;
  s.ranking.audit_period = 24h; // It would remove likes that are in no database.
  s.redis.port = on.redis.port();
  s.redis.prefix = prefix;
  for (auto& provider : s.sms.providers)
    provider.enabled = false;
  return s;
}

std::string board_of(const std::string& prefix) {
  return prefix + ":{rank}";
}

struct measured {
  double rate = 0;
  double batch = 1; ///< Messages that the source handed over together.
};

/// Waits until at least that many events are applied; returns how many are.
double applied(bench::running_tree& tree, double least) {
  const auto deadline = clock_type::now() + 2min;
  for (;;) {
    if (const auto count = tree.gauge("ranking", "applied"); count >= least)
      return count;
    if (clock_type::now() > deadline)
      throw std::runtime_error("the events are not applied");
    std::this_thread::sleep_for(1ms);
  }
}

measured ingest(const config::settings& settings, std::int64_t total) {
  const test::temporary_folder folder;
  system_random random;
  bench::running_tree tree{settings, folder.path(),
                           std::make_shared<const keyring>(keyring::generate(random)),
                           [] {
                             return std::unique_ptr<sms_provider>{};
                           }};
  const auto first = applied(tree, 1);
  const auto began = clock_type::now();
  const auto last = applied(tree, static_cast<double>(total));
  const std::chrono::duration<double> took = clock_type::now() - began;
  // The source counts a batch when it is acknowledged.
  const auto batches = std::max(tree.gauge("event-source", "batches"), 1.0);
  return {(last - first) / took.count(), static_cast<double>(total) / batches};
}

void compare(servers& on, std::int64_t total, std::int64_t articles) {
  const auto today = day_of(system_now(), config::defaults().ranking.utc_offset);
  const auto events = bench::likes(total, articles, today);
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto topic = "likes-" + std::to_string(i);
    bench::publish(on.kafka.brokers(), topic, events);
    std::fprintf(stderr, "%lld events are in the topic\n", static_cast<long long>(total));
    const auto prefix = "actors" + std::to_string(i);
    bench::begin_boards(on.redis.port(), board_of(prefix));
    const auto m = ingest(settings_for(on, topic, prefix), total);

    bench::bare_ingest how;
    how.brokers = on.kafka.brokers();
    how.topic = topic;
    how.group = "bare" + std::to_string(i);
    how.batch = static_cast<std::size_t>(std::max(1L, std::lround(m.batch)));
    how.redis_port = on.redis.port();
    how.board = board_of(how.group);
    how.today = today;
    bench::begin_boards(how.redis_port, how.board);
    const auto bare = bench::ingest_bare(how, total);
    both.add(m.rate, bare);
    std::fprintf(stderr, "actors %.0f/s (%.1f a batch), bare in batches of %zu: %.0f/s\n",
                 m.rate, m.batch, how.batch, bare);
  }
  both.print("events");
}

} // namespace

int main(int argc, char** argv) try {
  const std::int64_t total = argc > 1 ? std::atoll(argv[1]) : 20'000;
  const std::int64_t articles = argc > 2 ? std::atoll(argv[2]) : 2'000;
  servers on;
  compare(on, total, articles);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
