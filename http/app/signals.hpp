#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace tinybook::http {

/// Blocks the signals that stop or reload the process, and waits for them. Construct it
/// before the first thread: threads inherit the mask.
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
