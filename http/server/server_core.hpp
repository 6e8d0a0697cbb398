#pragma once

#include "actors/system/deadline.hpp"
#include "http/server/address_counts.hpp"
#include "http/server/counters.hpp"
#include "http/server/request_scanner.hpp"
#include "http/server/server.hpp"

#include <atomic>
#include <chrono>
#include <functional>

namespace tinybook::http {

/// What all threads of one server share. Immutable but for the atomics.
struct server_core {
  server_core(server_options chosen, server_hooks given,
              std::function<deadline()> clock = std::chrono::steady_clock::now);

  const server_options options;
  const server_hooks hooks;
  const scan_limits limits;
  const std::function<deadline()> now;
  counters counts;
  const std::chrono::seconds kept_idle; ///< `idle_timeout`, as clients are told.
  address_counts addresses;
  std::atomic<bool> ending{false};   ///< Answers say `Connection: close`.
  std::atomic<bool> draining{false}; ///< Idle connections are closed.
  std::atomic<bool> closed{false};   ///< No connection comes in any more.
  std::atomic<bool> cutting{false};  ///< The bound of the drain has passed.
};

} // namespace tinybook::http
