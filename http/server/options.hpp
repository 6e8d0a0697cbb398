#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tinybook::http {

/// Who runs the handler of a request.
enum class lane : std::uint8_t {
  /// The polling thread that read the request. Only for handlers that read a snapshot and
  /// never block: one that blocks holds up every connection of that thread.
  fast,
  /// A thread of the elastic pool, which may block while it waits for an actor.
  waiting,
};

/// What one server may use: the bounds and times of the settings, each hard, beside what
/// no operator has to set. Port 0 asks for any free one; `server::port()` then tells
/// which. The address may be a name that resolves to one; `::` takes IPv4 too.
///
/// Beyond `max_connections` the one that was idle for longest is closed for a new one,
/// which without any idle one is answered 503 and closed; beyond
/// `max_connections_per_address` (of IPv6 a /64) a new one is answered 429 and closed.
/// Whoever needs more than a few KiB beyond `max_buffered_bytes` is answered 503, a
/// request beyond `max_in_flight` too. Of `max_uri_bytes` more than 8177 cannot be had:
/// the library's line buffer holds 8192 bytes with method, version and line end.
/// `max_body_bytes` is counted after chunked decoding and holds where
/// `server_hooks::max_body_bytes` is not set.
struct server_options : config::http_settings {
  /// Connections that the kernel keeps until we accept them.
  int backlog = 1024;
  /// Threads of the waiting lane are started on demand and end when they had nothing to
  /// do for as long.
  std::chrono::milliseconds waiting_thread_idle{10'000};
  /// Stack of a waiting thread; handlers there neither recurse deeply nor keep big
  /// arrays.
  std::size_t waiting_stack_bytes = std::size_t{256} * 1024;

  /// A refused client may still be sending. We read and discard that much for that long
  /// before we close, since closing with unread input would destroy the answer.
  std::size_t linger_bytes = std::size_t{32} * 1024 * 1024;
  std::chrono::milliseconds linger_timeout{5'000};

  /// While draining, a connection between two requests is closed once it was quiet for
  /// that long (at once if it already was), so that a busy client still gets its answer.
  std::chrono::milliseconds drain_quiet{200};
};

} // namespace tinybook::http
