#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tinybook::http {

enum class serving_phase : std::uint8_t { starting, ready, draining };

/// Whether this replica takes requests. It goes one way: starting, ready, draining.
/// Thread-safe.
class readiness {
 public:
  /// `degraded` names the parts that do not work now. It is called by pollers and
  /// must not block.
  explicit readiness(std::function<std::vector<std::string>()> degraded = {})
      : degraded_(std::move(degraded)) {}

  void now_ready() {
    auto from = serving_phase::starting;
    phase_.compare_exchange_strong(from, serving_phase::ready);
  }
  void now_draining() { phase_ = serving_phase::draining; }

  [[nodiscard]] serving_phase phase() const { return phase_.load(); }
  [[nodiscard]] std::vector<std::string> degraded() const {
    return degraded_ ? degraded_() : std::vector<std::string>{};
  }

 private:
  std::atomic<serving_phase> phase_{serving_phase::starting};
  std::function<std::vector<std::string>()> degraded_;
};

} // namespace tinybook::http
