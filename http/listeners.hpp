#pragma once

#include "actors/sessions/token_codec.hpp"
#include "actors/system/messages.hpp"
#include "actors/system_addresses.hpp"
#include "config/settings.hpp"
#include "http/admin/metrics_page.hpp"
#include "http/live/live_state.hpp"
#include "http/live/readiness.hpp"
#include "http/log/log.hpp"
#include "storage/support/keyring.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tinybook::http {

/// What both listeners are built from. The actors may not be started yet: their addresses
/// are read at each request.
struct listener_dependencies {
  caf::actor_system& system;
  config::settings settings;
  system_addresses actors;
  std::shared_ptr<live_state> live;
  std::shared_ptr<readiness> ready;
  std::shared_ptr<const keyring> keys;
  std::shared_ptr<const token_codec> tokens;
  log_ptr log;
  wall_clock clock = system_now;
};

/// One listener: the server and everything between it and the actors. To be destroyed
/// before the actor system. For one thread, but for `probe`.
class http_listener {
 public:
  virtual ~http_listener();
  http_listener(const http_listener&) = delete;
  http_listener& operator=(const http_listener&) = delete;

  /// Listens from now on; returns the port. Fails with `unavailable` where the port is
  /// taken.
  [[nodiscard]] result<std::uint16_t> start();

  /// From now on answers say `Connection: close`.
  void announce_end();

  /// Closes the listener; open connections are served on.
  void stop_accepting();

  /// Ends what is in flight within `bound`; returns how many requests were cut off.
  std::size_t drain(std::chrono::milliseconds bound);

  /// Logs how many lines about refusals were left out; to be called about every second.
  /// `drain` logs the rest.
  void log_left_out() const;

  /// Gauges of the listener, for the ingress actor; may outlive this object.
  [[nodiscard]] std::function<actor_status()> probe() const;

  /// Lets `/metrics` read this listener. Must outlive the page.
  void export_to(metrics_page& page) const;

 protected:
  class core;
  explicit http_listener(std::shared_ptr<core> parts);

 private:
  std::shared_ptr<core> core_;
};

/// The API.
class public_listener final : public http_listener {
 public:
  explicit public_listener(listener_dependencies with);
};

/// What operators see and do. `token` is needed for actions, and for reading unless it
/// listens on loopback.
class admin_listener final : public http_listener {
 public:
  admin_listener(listener_dependencies with, std::string token,
                 std::shared_ptr<metrics_page> metrics);
};

} // namespace tinybook::http
