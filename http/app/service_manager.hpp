#pragma once

#include <chrono>
#include <string>

namespace tinybook::http {

/// Who has started the process and listens at NOTIFY_SOCKET, such as systemd; where
/// nobody does, all of it does nothing. For one thread.
class service_manager {
 public:
  service_manager();

  /// Tells how it is, where that has changed. `degraded` names the parts that do not
  /// work, as /readyz does.
  void tell(bool ready, const std::string& degraded);

  /// Tells that the process stops, and that it ends by itself within `bound`.
  void tell_stopping(std::chrono::milliseconds bound);

  /// How long until the manager wants its next sign of life: twice within what it takes
  /// for a hang. Negative where it is late, the largest value where none is wanted.
  [[nodiscard]] std::chrono::milliseconds sign_of_life_due() const;

  /// To be called only when there was one.
  void give_sign_of_life();

 private:
  using clock = std::chrono::steady_clock;

  bool told_ready_ = false;
  std::string told_status_;
  std::chrono::microseconds watchdog_{0}; ///< 0 = none.
  clock::time_point next_sign_ = clock::now();
};

} // namespace tinybook::http
