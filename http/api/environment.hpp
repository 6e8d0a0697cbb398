#pragma once

#include "actors/system/ask.hpp"
#include "actors/system_addresses.hpp"
#include "config/settings.hpp"
#include "http/api/request_context.hpp"
#include "http/auth/client_address.hpp"
#include "http/auth/cookies.hpp"
#include "http/auth/session_checker.hpp"
#include "http/live/live_state.hpp"
#include "http/live/readiness.hpp"
#include "http/pages/gzip.hpp"

#include <memory>
#include <string>
#include <utility>

namespace tinybook::http {

class metrics_page;
class page_site;

/// What the handlers of a listener use. Shared by all pollers; whatever in it
/// changes is thread-safe by itself.
struct api_environment {
  config::settings settings;
  system_addresses actors;
  std::shared_ptr<live_state> live;
  std::shared_ptr<readiness> ready;
  std::shared_ptr<const session_checker> sessions;
  std::shared_ptr<const token_codec> tokens;
  cookie_signer cookies;
  client_locator locator;
  wall_clock clock;
  std::shared_ptr<metrics_page> metrics{}; ///< On the admin listener only.
  std::shared_ptr<page_site> pages{};      ///< On the public listener only.
  zipped_text openapi{}; ///< What `openapi_document` made; on the public listener only.

  /// In whole seconds, as in tokens.
  [[nodiscard]] std::chrono::sys_seconds token_time() const {
    return std::chrono::floor<std::chrono::seconds>(clock());
  }
};

/// What handlers ask the store themselves.
template <class Command>
concept read_by_requests = command_of<reading_store, Command> && !Command::writes;

/// What a handler works with. It outlives the handler.
struct call {
  const api_environment& env;
  const request_context& request;
  std::shared_ptr<const void> held; ///< See `call_gates::pass::until_answered`.

  /// Asks an actor; the deadline of the request bounds it.
  template <class Receiver, taken_by<Receiver> Command>
  asking<Command> ask(const address<Receiver>& to, Command command) const {
    return {to, std::move(command), held};
  }

  /// Asks the store, likewise.
  template <read_by_requests Command>
  asking<Command> read(Command command) const {
    const auto& store = env.actors.store;
    return {store.route<Command>(), std::move(command), held, store.max_queue()};
  }
};

} // namespace tinybook::http
