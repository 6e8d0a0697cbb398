#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tinybook::http {

/// Who runs the handler of a request.
enum class lane : std::uint8_t {
  /// The polling thread that read the request. Only for handlers that read a snapshot and
  /// never block: one that blocks holds up every connection of that thread.
  fast,
  /// A thread of the elastic pool, which may block while it waits for an actor.
  waiting,
};

/// What one server may use. Every bound is hard; the defaults are those of the product.
struct server_options {
  /// A numeric IPv4 or IPv6 address or a name that resolves to one. `::` takes IPv4 too.
  std::string address = "127.0.0.1";
  /// 0 = any free port; see `server::port()`.
  std::uint16_t port = 0;
  /// Connections that the kernel keeps until we accept them.
  int backlog = 1024;

  /// Threads of the fast lane; each polls its own share of the connections. 0 takes as
  /// many as the machine has cores, and two at least.
  std::size_t fast_threads = 2;
  /// Threads of the waiting lane at most. They are started on demand and end when they
  /// had nothing to do for `waiting_thread_idle`.
  std::size_t max_waiting_threads = 1024;
  std::chrono::milliseconds waiting_thread_idle{10'000};
  /// Stack of a waiting thread; handlers there neither recurse deeply nor keep big
  /// arrays.
  std::size_t waiting_stack_bytes = std::size_t{256} * 1024;
  /// Requests of the waiting lane that are queued or running; beyond it 503 at once.
  std::size_t max_in_flight = 1024;

  /// Open connections; beyond it the one that was idle for longest is closed for a new
  /// one, which without any idle one is answered 503 and closed.
  std::size_t max_connections = 12'000;
  /// Of these, from one client address (of IPv6 a /64); beyond it a new one is answered
  /// 429 and closed. 0 = no limit.
  std::size_t max_connections_per_address = 1'000;
  /// What all connections together may hold of requests that are coming in and of answers
  /// that are not taken; beyond it a connection that needs more than a few KiB is
  /// answered 503.
  std::size_t max_buffered_bytes = std::size_t{256} * 1024 * 1024;

  /// Request line and headers with their line ends; beyond it 431.
  std::size_t max_head_bytes = std::size_t{32} * 1024;
  /// Header lines; beyond it 431.
  std::size_t max_headers = 100;
  /// The request target; beyond it 414. More than 8177 is not possible: the library's
  /// line buffer holds 8192 bytes with method, version and line end.
  std::size_t max_uri_bytes = std::size_t{8} * 1024;
  /// The body after chunked decoding, where `server_hooks::max_body_bytes` is not set;
  /// beyond it 413.
  std::size_t max_body_bytes = std::size_t{64} * 1024;

  /// Between two requests of a connection, or before its first byte; then it is closed.
  /// Longer than the minute for which load balancers keep theirs, so that they close
  /// first.
  std::chrono::milliseconds idle_timeout{75'000};
  /// From the first byte of a request to the end of its head; then 408.
  std::chrono::milliseconds head_timeout{10'000};
  /// Between two parts of a body; then 408.
  std::chrono::milliseconds body_timeout{30'000};
  /// From the end of the head to the end of the body, however steadily it comes; then
  /// 408.
  std::chrono::milliseconds max_body_time{120'000};
  /// For a client to take some more of an answer that did not fit into its socket; then
  /// it is cut off.
  std::chrono::milliseconds write_timeout{30'000};
  /// The least average rate at which a body must come in and an answer be taken, once the
  /// timeout for silence has passed.
  std::size_t min_bytes_per_second = 1024;

  /// A refused client may still be sending. We read and discard that much for that long
  /// before we close, since closing with unread input would destroy the answer.
  std::size_t linger_bytes = std::size_t{32} * 1024 * 1024;
  std::chrono::milliseconds linger_timeout{5'000};

  /// While draining, a connection between two requests is closed once it was quiet for
  /// that long (at once if it already was), so that a busy client still gets its answer.
  std::chrono::milliseconds drain_quiet{200};
};

} // namespace tinybook::http
