#pragma once

#include "actors/system_addresses.hpp"
#include "config/settings.hpp"
#include "http/api/actor_call.hpp"
#include "http/api/request_context.hpp"
#include "http/auth/client_address.hpp"
#include "http/auth/cookies.hpp"
#include "http/auth/session_checker.hpp"
#include "http/live/live_state.hpp"
#include "http/live/readiness.hpp"

#include <memory>
#include <utility>

namespace tinybook::http {

class metrics_page;

/// What the handlers of a listener use. Shared by all request threads; whatever in it
/// changes is thread-safe by itself.
struct api_environment {
  config::settings settings;
  system_addresses actors;
  reply_ports& ports;
  std::shared_ptr<live_state> live;
  std::shared_ptr<readiness> ready;
  std::shared_ptr<const session_checker> sessions;
  std::shared_ptr<const token_codec> tokens;
  cookie_signer cookies;
  client_locator locator;
  wall_clock clock;
  std::shared_ptr<metrics_page> metrics{}; ///< On the admin listener only.

  /// Asks an actor on behalf of `request`, within its deadline.
  template <class Handle, class Command>
  result<typename Command::reply> ask(const request_context& request,
                                      const address<Handle>& to, Command command) const {
    return ports.call(to, std::move(command), request.due);
  }

  /// In whole seconds, as in tokens.
  [[nodiscard]] std::chrono::sys_seconds token_time() const {
    return std::chrono::floor<std::chrono::seconds>(clock());
  }
};

} // namespace tinybook::http
