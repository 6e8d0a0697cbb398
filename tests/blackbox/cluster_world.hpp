#pragma once

#include "tests/blackbox/client.hpp"
#include "tests/support/kafka_server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/provider_simulator/simulator.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/swallowing_proxy.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// The three servers, each behind a proxy that can swallow bytes, a simulated SMS
/// provider, and up to three replicas of the real binary that share one file of keys.
/// With CLUSTER_LOGS=FOLDER their logs are kept there.
class cluster_world {
 public:
  static constexpr std::size_t most_replicas = 3;

  struct options {
    bool servers_first = true; ///< Else `start_servers` starts them.
    bool fsync = false;        ///< PostgreSQL's.
    std::string binary = TINYBOOK_BINARY;
    bool newest = true; ///< It knows the keys that the release before does not.
  };

  /// No replica runs yet. What fails, here and below, throws std::runtime_error.
  cluster_world() : cluster_world(options{}) {}
  explicit cluster_world(options o);
  ~cluster_world();
  cluster_world(const cluster_world&) = delete;
  cluster_world& operator=(const cluster_world&) = delete;

  void start_servers();
  /// More of the configuration file of the replicas that start from now on.
  void configure(const std::string& text) { more_text_ += text; }

  /// Replicas that start from now on run `file` instead of the built binary.
  void run_binary(const std::string& file, bool newest) {
    options_.binary = file;
    options_.newest = newest;
  }

  /// Starts replica `i` with `more` options, and waits until it listens.
  void start(std::size_t i, const std::vector<std::string>& more = {});
  /// As `start`, without waiting: for a replica that must be refused.
  server_process& launch(std::size_t i, const std::vector<std::string>& more = {});
  void kill(std::size_t i);
  /// By SIGTERM, and waits for its end.
  void stop(std::size_t i);
  [[nodiscard]] bool runs(std::size_t i) const { return replicas_.at(i) != nullptr; }
  [[nodiscard]] server_process& replica(std::size_t i) { return *replicas_.at(i); }

  /// Whether within `bound` /readyz of all running replicas names nothing as missing.
  [[nodiscard]] bool ready(std::chrono::seconds bound = std::chrono::seconds{30});
  /// What /readyz names now; "readiness" where it does not say 200.
  [[nodiscard]] std::vector<std::string> missing(std::size_t i);

  [[nodiscard]] client browser(std::size_t i) { return client{replica(i).port()}; }
  /// A new account that is used on replica `i`.
  [[nodiscard]] client person(const std::string& name, std::size_t i = 0);
  /// The account of `from`, used on replica `i`.
  [[nodiscard]] client same_person(const client& from, std::size_t i);
  [[nodiscard]] std::int64_t article_of(client& author, const std::string& title);

  /// A fresh phone number.
  [[nodiscard]] std::string new_phone();
  /// The code that was sent to `phone`, waiting for it; empty if none came.
  [[nodiscard]] std::string code_for(const std::string& phone);

  /// What SQL prints, run past the proxy.
  [[nodiscard]] std::string sql(const std::string& text) const {
    return postgres.query(text, "tinybook");
  }

  swallowing_proxy kafka_proxy;
  swallowing_proxy redis_proxy;
  swallowing_proxy postgres_proxy;
  kafka_server kafka;
  redis_server redis;
  postgres_server postgres;
  provider_simulator provider;

 private:
  [[nodiscard]] std::vector<std::string> options_of(std::size_t i) const;

  options options_;
  std::string more_text_;
  temporary_folder folder_;
  std::array<std::unique_ptr<server_process>, most_replicas> replicas_;
  std::atomic<int> phones_{0};
};

} // namespace tinybook::test
