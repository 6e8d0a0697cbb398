#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace tinybook::http {

/// Takes the signals that steer the process out of the hands of its threads. Construct it
/// before the first thread exists: threads inherit the mask.
class signal_gate {
 public:
  enum class request { stop, reload };

  signal_gate();

  /// Waits for SIGTERM, SIGINT (stop) or SIGHUP (reload); nothing once `bound` has
  /// passed.
  [[nodiscard]] std::optional<request> wait(std::chrono::milliseconds bound) const;

 private:
  sigset_t signals_{};
};

} // namespace tinybook::http
