#pragma once

#include "tests/soak/ledger.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::soak {

/// The phones of all people: what the simulated providers took. Thread-safe.
class mailbox {
 public:
  explicit mailbox(std::vector<const test::provider_simulator*> providers);

  /// Somebody waits for the code at this phone.
  void expect(std::string phone);
  /// A phone at which an expected code has come, with the code; each only once.
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> next();

  [[nodiscard]] received_messages received();

 private:
  void collect();

  std::mutex mutex_;
  std::vector<const test::provider_simulator*> providers_;
  std::vector<std::size_t> seen_; ///< Requests of each that were looked at.
  received_messages received_;
  std::map<std::string, std::string> codes_;
  std::deque<std::string> expected_;
};

} // namespace tinybook::soak
