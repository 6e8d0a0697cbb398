#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tinybook::http {

/// What one server may use: the bounds and times of the settings, each hard, beside what
/// no operator has to set. Port 0 asks for any free one; `server::port()` then tells
/// which. The address may be a name that resolves to one; `::` takes IPv4 too.
///
/// Beyond `max_connections` the one that was idle for longest is closed for a new one,
/// which without any idle one is answered 503 and closed; beyond
/// `max_connections_per_address` (of IPv6 a /64) a new one is answered 429 and closed.
/// Whoever needs more than a few KiB beyond `max_buffered_bytes` is answered 503.
/// `max_body_bytes` is counted after chunked decoding and holds where
/// `server_hooks::max_body_bytes` is not set.
struct server_options : config::http_settings {
  /// Connections that the kernel keeps until we accept them.
  int backlog = 1024;
  /// A refused client may still be sending. We read and discard that much for that long
  /// before we close, since closing with unread input would destroy the answer.
  std::size_t linger_bytes = std::size_t{32} * 1024 * 1024;
  std::chrono::milliseconds linger_timeout{5'000};

  /// While draining, a connection between two requests is closed once it was quiet for
  /// that long (at once if it already was), so that a busy client still gets its answer.
  std::chrono::milliseconds drain_quiet{200};
};

} // namespace tinybook::http
