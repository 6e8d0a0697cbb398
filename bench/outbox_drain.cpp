// The outbox drained through the real actors (supervisor, sender, monitor, store writer),
// from the first send to the last committed end. Medians of BENCH_PAIRS pairs (3):
//   with a provider that answers at once, beside the same rows claimed and completed by
//     raw SQL in batches as large as the supervisor's claims were;
//   through the webhook client to a bare HTTP server, beside bare clients that post the
//     same bodies over as many connections while that raw SQL runs at the same time;
//   with a provider that takes 100 ms, beside what its places allow.
//   bench_outbox_drain [ROWS] [sql|http|places] [CONNECTIONS]   default 10000, all, 16
#include "bench/support/counting_provider.hpp"
#include "bench/support/pairs.hpp"
#include "bench/support/running_tree.hpp"
#include "bench/support/sink_server.hpp"
#include "bench/support/stored_outbox.hpp"
#include "config/loader.hpp"
#include "http/providers/webhook.hpp"
#include "tests/support/temporary_folder.hpp"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace tinybook;
using bench::counting_provider;
using bench::tally;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr int default_connections = 16; ///< The default of `max_in_flight`.
constexpr int slow_places = 64;
constexpr auto slow_answer = 100ms;
constexpr auto webhook_secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

struct drain_options {
  std::int64_t rows = 0;
  int places = default_connections;
  std::chrono::milliseconds latency{0};
  sms_provider_factory inner{};
};

struct drained {
  double sent = 0;      ///< A second, up to the last answer.
  double completed = 0; ///< A second, up to the last commit.
  double claim = 1;     ///< Rows a claim, on average.
  double group = 1;     ///< Writes a commit, on average.

  [[nodiscard]] int whole_claim() const {
    return std::max(1, static_cast<int>(std::lround(claim)));
  }
};

drained drain(const drain_options& options) {
  const test::temporary_folder folder;
  system_random random;
  auto keys = std::make_shared<const keyring>(keyring::generate(random));
  // Due when all actors have read what they need.
  bench::store_messages(folder.path(), *keys, options.rows, system_now() + 3s);
  auto settings = config::defaults();
  auto& provider = settings.sms.providers.front();
  provider.enabled = true;
  provider.rate_per_second = 0;
  provider.max_in_flight = static_cast<std::size_t>(options.places);
  auto counts = std::make_shared<tally>(options.rows);
  drained out;
  bench::running_tree tree{settings, folder.path(), keys, [&] {
                             return std::make_unique<counting_provider>(
                                 counts, options.latency,
                                 options.inner ? options.inner() : nullptr);
                           }};
  const auto rate = [&](clock_type::time_point end) {
    return static_cast<double>(options.rows)
           / std::chrono::duration<double>(end - counts->first).count();
  };
  auto last = counts->last.get_future();
  if (last.wait_for(2min) != std::future_status::ready) {
    std::fprintf(stderr, "not drained\n");
    std::exit(1); // NOLINT(concurrency-mt-unsafe)
  }
  out.sent = rate(last.get());
  tree.wait_for("sms-failover", "ended_delivered", static_cast<double>(options.rows));
  out.completed = rate(clock_type::now());
  out.claim = static_cast<double>(options.rows) / tree.gauge("sms-failover", "claims");
  out.group = tree.gauge("store-writer", "mean_group");
  return out;
}

double drain_raw(std::int64_t rows, int batch) {
  const test::temporary_folder folder;
  system_random random;
  bench::store_messages(folder.path(), keyring::generate(random), rows, system_now());
  return bench::drain_raw(folder.path(), batch);
}

/// The least that sending by webhook can cost: the rate until all are posted, and claimed
/// and completed beside.
double post_beside_sql(int port, std::int64_t rows, int connections, int batch) {
  const test::temporary_folder folder;
  system_random random;
  bench::store_messages(folder.path(), keyring::generate(random), rows, system_now());
  std::vector<std::string> bodies;
  for (std::int64_t i = 1; i <= rows; ++i)
    bodies.push_back(bench::webhook_body(i));
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  // All are connected before the clock starts: a connection that meets a full backlog of
  // the server waits for a second.
  clock_type::time_point began;
  std::barrier connected{connections + 1, [&]() noexcept {
                           began = clock_type::now();
                         }};
  threads.emplace_back([&] {
    connected.arrive_and_wait();
    (void)bench::drain_raw(folder.path(), batch);
  });
  for (int t = 0; t < connections; ++t)
    threads.emplace_back([&] {
      httplib::Client client{"127.0.0.1", port};
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
      while (!client.Post("/send", bodies.front(), "application/json"))
        continue;
      connected.arrive_and_wait();
      for (auto i = next++; i < bodies.size(); i = next++)
        if (const auto answer = client.Post("/send", bodies[i], "application/json");
            !answer || answer->status != 200)
          std::fprintf(stderr, "bare: not posted\n");
    });
  for (auto& t : threads)
    t.join();
  return static_cast<double>(rows)
         / std::chrono::duration<double>(clock_type::now() - began).count();
}

void compare_with_sql(std::int64_t rows, int connections) {
  bench::pairs equal;
  bench::pairs full;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto d = drain({rows, connections});
    const auto in_equal = drain_raw(rows, d.whole_claim());
    const auto in_full = drain_raw(rows, connections);
    equal.add(d.completed, in_equal);
    full.add(d.completed, in_full);
    std::fprintf(stderr,
                 "actors %.0f/s (%.1f a claim, %.1f writes a commit), raw in batches of"
                 " %d %.0f/s, of %d %.0f/s\n",
                 d.completed, d.claim, d.group, d.whole_claim(), in_equal, connections,
                 in_full);
  }
  equal.print("sql");
  full.print("sql_full");
}

void compare_over_http(const bench::sink_server& server, std::int64_t rows,
                       int connections) {
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    drain_options options{rows, connections};
    options.inner =
        http::webhook_provider({server.url(), webhook_secret, ""}, system_now);
    const auto d = drain(options);
    const auto bare = post_beside_sql(server.port(), rows, connections, d.whole_claim());
    both.add(d.completed, bare);
    std::fprintf(stderr,
                 "webhook %.0f/s (%.1f a claim, %.1f a commit), bare beside raw SQL"
                 " %.0f/s\n",
                 d.completed, d.claim, d.group, bare);
  }
  both.print("http");
}

void compare_with_places() {
  const auto allowed = slow_places / std::chrono::duration<double>(slow_answer).count();
  bench::pairs both;
  for (int i = 0; i < bench::pairs_wanted(); ++i) {
    const auto d = drain({50L * slow_places, slow_places, slow_answer});
    both.add(d.sent, allowed);
    std::fprintf(stderr, "100 ms: %.0f/s of %.0f/s (%.1f a claim)\n", d.sent, allowed,
                 d.claim);
  }
  both.print("places");
}

} // namespace

int main(int argc, char** argv) {
  const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 10'000;
  const std::string_view what = argc > 2 ? argv[2] : "";
  const auto wanted = [&](std::string_view name) {
    return what.empty() || what == name;
  };
  const int connections = argc > 3 ? std::atoi(argv[3]) : default_connections;
  // Clients of the previous round may still be closing theirs.
  const bench::sink_server server{2 * connections + 2};
  if (wanted("sql"))
    compare_with_sql(rows, connections);
  if (wanted("http"))
    compare_over_http(server, rows, connections);
  if (wanted("places"))
    compare_with_places();
  return 0;
}
