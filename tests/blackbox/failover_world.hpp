#pragma once

#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/simulated_providers.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

/// The real server with simulated providers `first`, `second`, … of the given kinds, the
/// first with nearly all of the weight, and circuits that are quick enough for a test.
class failover_world {
 public:
  struct provider_plan {
    dialect_kind kind;
    std::string more{}; ///< Lines of its table.
  };

  explicit failover_world(const std::vector<provider_plan>& plans);

  [[nodiscard]] provider_simulator& provider(std::size_t i) { return *providers_[i]; }
  [[nodiscard]] running_server& server() { return server_; }

  /// A fresh phone number, Chinese or British.
  [[nodiscard]] std::string new_phone(const std::string& prefix = "+86139");

  /// Asks for a code and waits for it: the provider that took it, or -1 after `bound`.
  int deliver(const std::string& phone, milliseconds bound = std::chrono::seconds{10});

  /// The circuit of a provider, as the admin endpoint shows it.
  [[nodiscard]] std::string circuit(const std::string& name);
  /// Whether it shows `state` within `bound`.
  [[nodiscard]] bool circuit_becomes(const std::string& name, const std::string& state,
                                     std::chrono::seconds bound);
  /// What /readyz names as degraded, as soon as that is `wanted`, at the latest after
  /// `bound`.
  [[nodiscard]] std::vector<std::string>
  degraded(const std::function<bool(const std::vector<std::string>&)>& wanted,
           std::chrono::seconds bound = std::chrono::seconds{10});
  /// The names of the actors whose health is not good.
  [[nodiscard]] std::vector<std::string> bad_actors();
  /// Forces a provider as an operator does; the answer's status.
  int force(const std::string& name, const std::string& state);

 private:
  std::vector<std::unique_ptr<provider_simulator>> providers_;
  temporary_folder config_;
  running_server server_;
  std::atomic<int> serial_{0};
};

/// Clients that ask for one code after another, each as soon as the last one has come.
class steady_traffic {
 public:
  steady_traffic(failover_world& world, int people);
  ~steady_traffic();
  steady_traffic(const steady_traffic&) = delete;
  steady_traffic& operator=(const steady_traffic&) = delete;

  [[nodiscard]] int delivered() const { return delivered_; }
  /// Codes that did not come within ten seconds.
  [[nodiscard]] int missing() const { return missing_; }
  [[nodiscard]] milliseconds slowest() const { return milliseconds{slowest_ms_}; }
  /// Waits until `more` codes have come from now on.
  [[nodiscard]] bool wait_delivered(int more, std::chrono::seconds bound) const;

 private:
  void live();

  failover_world& world_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> delivered_{0};
  std::atomic<int> missing_{0};
  std::atomic<std::int64_t> slowest_ms_{0};
  std::vector<std::thread> people_;
};

} // namespace tinybook::test
