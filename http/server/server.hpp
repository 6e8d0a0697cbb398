#pragma once

#include "actors/system/journey.hpp"
#include "http/server/options.hpp"
#include "http/server/stats.hpp"
#include "storage/errc.hpp"
#include "storage/result.hpp"

#include <caf/fwd.hpp>
#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook::http {

struct exchange;

/// What answers a request.
struct answering {
  std::string_view kind; ///< For the gauges: a literal, or what lives as long.
  deadline due;
  task<result<done>> body; ///< Fills the response of its exchange.
};

/// What the owner of a server decides. All are called from several threads at once, and
/// none may block.
struct server_hooks {
  /// Gives what answers `*of.request` in `of.response`. It is run by the poller of the
  /// connection, and ended, wherever it waits, when the client resets that. The request's
  ///  - `method` is any token, also one that no route knows;
  ///  - `path` is percent-decoded, `target` as sent, `params` those of the query;
  ///  - `headers` hold what the client sent and nothing else, values as sent;
  ///  - `body` is whole, chunked coding undone, form and multipart bodies left as they
  ///  are;
  ///  - `remote_addr` is the peer of the socket (IPv4 in dotted form also on `::`).
  /// A status left alone means 200. A `HEAD` answer's body is not sent, its length is.
  /// What the journey throws is answered with `errc::internal`.
  std::function<answering(exchange& of)> begin;

  /// Optional: the largest body of a request, from the same; without it
  /// `server_options::max_body_bytes` holds for all.
  std::function<std::size_t(std::string_view method, std::string_view path)>
      max_body_bytes;

  /// The answer for what the server refuses itself: bad_request, request_timeout,
  /// body_too_large, uri_too_long, head_too_large, rate_limited, overloaded, draining,
  /// and internal after an exception. `request` holds what is known by then: `method` and
  /// `path` (both raw, maybe empty), the headers that came in whole, and `remote_addr`;
  /// no body.
  std::function<httplib::Response(errc code, const httplib::Request& request)>
      render_error;

  /// Optional: called once a head is whole and its body is not, with what `render_error`
  /// gets. Returns an answer where the head alone decides: then the body is not read, and
  /// the connection ends.
  std::function<std::optional<httplib::Response>(const httplib::Request& head)>
      judge_head;

  /// Optional: whether `address` is a load balancer, whose connections are not counted by
  /// address: they belong to many clients.
  std::function<bool(std::string_view address)> is_balancer;

  /// Optional: called with what a handler threw, and at which path.
  std::function<void(std::string_view path, std::string_view what)> on_exception;
};

/// An HTTP/1.1 server for many idle and slow clients. A few polling threads share the
/// connections; a request that is whole begins a journey, which holds no thread while it
/// waits. Answers on one connection keep the order of their requests. Requests and
/// answers are cpp-httplib's, and so is the decoding of targets; it never sees a socket.
///
/// Thread-safe, but start, stop_accepting, drain and the destructor are for one thread.
class server {
 public:
  /// `system` is that of the actors which handlers ask; none where they ask nobody.
  server(server_options options, server_hooks hooks, caf::actor_system* system = nullptr);

  /// Drains with a bound of zero if that was not done.
  ~server();

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Binds, listens and starts the threads; returns the port. The port is bound for us
  /// alone: a second server on it fails with `errc::unavailable` and a detail that names
  /// address, port and the system's reason. Raises the soft limit of open files where it
  /// is too low for `max_connections`. May be called once.
  [[nodiscard]] result<std::uint16_t> start();

  /// The bound port; 0 before `start`.
  [[nodiscard]] std::uint16_t port() const;

  /// From here on answers say `Connection: close`, so that clients go elsewhere by
  /// themselves before the end.
  void announce_end();

  /// Takes what is already in the backlog, then closes the listener. Open connections are
  /// served on.
  void stop_accepting();

  /// Ends the server: stops accepting, answers what was received or is arriving with
  /// `Connection: close`, closes the idle, and after `bound` answers 503 to requests that
  /// are still partial and cuts off those that wait for their answer. Then joins all
  /// threads. Returns how many requests were cut off.
  std::size_t drain(std::chrono::milliseconds bound);

  [[nodiscard]] server_stats stats() const;

 private:
  class engine;
  std::unique_ptr<engine> engine_;
};

} // namespace tinybook::http
