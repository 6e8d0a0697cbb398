#pragma once

#include "actors/system/actor_directory.hpp"
#include "config/settings.hpp"
#include "http/app/watchdog.hpp"
#include "http/log/log.hpp"
#include "storage/result.hpp"

#include <atomic>
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

  /// Turns /readyz to 200 once every actor has read what it needs; to be called now and
  /// then until it says true.
  [[nodiscard]] bool look_whether_ready();

  /// Logs what bursts of refused requests left out; to be called about each second.
  void tell_left_out() const;

  /// Why the process has to end, when an actor failed for good.
  [[nodiscard]] std::optional<std::string> failed() const;

  /// Turns /readyz to 503; what follows is the drain delay. The watchdog begins.
  void begin_draining();

  /// Listener closed, requests in flight finished, actors stopped in order, admin
  /// listener last (A5). A stop that hangs is ended by the watchdog with
  /// `exit_code::stop_failed`.
  void stop();

 private:
  struct parts;

  [[nodiscard]] result<done> look_at_ports() const;
  void tell_newcomers() const;
  [[nodiscard]] result<done> open_storage();
  [[nodiscard]] result<done> open_own_database();
  [[nodiscard]] result<done> open_shared_database();
  void take_actors_lines();
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
  std::optional<watchdog> stop_is_watched_;
  mutable std::mutex failure_mutex_;
  std::optional<std::string> failure_;
};

} // namespace tinybook::http
