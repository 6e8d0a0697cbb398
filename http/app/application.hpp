#pragma once

#include "actors/system/actor_directory.hpp"
#include "config/settings.hpp"
#include "http/app/watchdog.hpp"
#include "http/log/log.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tinybook::http {

/// The whole process but for its command line and signals: database, keys, actors and
/// both listeners, started and stopped in order. For one thread.
class application {
 public:
  application(config::settings settings, log_ptr log);
  ~application();
  application(const application&) = delete;
  application& operator=(const application&) = delete;

  /// Opens the data folder, starts the actors, then the listeners. Fails with a detail
  /// for the operator: what is wrong and where.
  [[nodiscard]] result<done> start();

  /// Turns /readyz to 200 once every actor is ready; to be called from time to time until
  /// it returns true.
  [[nodiscard]] bool check_ready();

  /// The parts that do not work now, as /readyz names them, with blanks between.
  [[nodiscard]] std::string degraded() const;

  /// Whether the actors have answered since this was last true, so that neither their
  /// threads nor the supervisor hang; asks them if nobody does. Never waits for them.
  [[nodiscard]] bool shows_life();

  /// Logs how many lines about refused requests were left out; to be called about every
  /// second.
  void log_left_out() const;

  /// Why the process must end; nothing unless an actor has failed for good.
  [[nodiscard]] std::optional<std::string> failed() const;

  /// Turns /readyz to 503 and starts the watchdog; the drain delay follows.
  void begin_draining();

  /// Closes the public listener, finishes the requests in flight, stops the actors in
  /// order and the admin listener last. The watchdog ends a stop that hangs with
  /// `exit_code::stop_failed`.
  void stop();

 private:
  struct parts;

  [[nodiscard]] result<done> check_ports() const;
  void log_first_steps() const;
  [[nodiscard]] result<done> open_storage();
  [[nodiscard]] result<done> open_own_database();
  [[nodiscard]] result<done> open_shared_database();
  void start_actors();
  [[nodiscard]] result<done> listen();
  void stop_actors();
  void fail(const std::string& why);
  [[noreturn]] void report_hang() const;

  config::settings settings_;
  std::uint16_t api_port_ = 0;
  std::uint16_t admin_port_ = 0;
  log_ptr log_;
  directory_ptr directory_ = std::make_shared<actor_directory>();
  std::unique_ptr<parts> parts_;
  std::optional<watchdog> stop_watchdog_;
  mutable std::mutex failure_mutex_;
  std::optional<std::string> failure_;
};

} // namespace tinybook::http
