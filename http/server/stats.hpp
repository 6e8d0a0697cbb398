#pragma once

#include <cstddef>
#include <cstdint>

namespace tinybook::http {

/// A reading of a server's counters. The gauges are of about the same moment, not
/// exactly; the totals count from the start of the server and never fall.
struct server_stats {
  std::size_t open_connections =
      0;                          ///< Accepted and not yet closed, refused ones included.
  std::size_t serving = 0;        ///< Requests whose answer is waited for.
  std::size_t buffered_bytes = 0; ///< Of requests coming in and answers not taken.
  std::size_t threads = 0;

  std::uint64_t accepted = 0;   ///< Connections.
  std::uint64_t requests = 0;   ///< Handed to the handler.
  std::uint64_t exceptions = 0; ///< Handlers that threw.
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;

  std::uint64_t refused_bad_request = 0;    ///< 400
  std::uint64_t refused_timeout = 0;        ///< 408
  std::uint64_t refused_body_too_large = 0; ///< 413
  std::uint64_t refused_uri_too_long = 0;   ///< 414
  std::uint64_t refused_head_too_large = 0; ///< 431
  std::uint64_t refused_in_flight = 0;      ///< 503: too many wait for answers.
  std::uint64_t refused_connections = 0;    ///< 503: beyond `max_connections`.
  std::uint64_t refused_per_address = 0;    ///< 429: too many of one address.
  std::uint64_t refused_buffers = 0;        ///< 503: beyond `max_buffered_bytes`.
  std::uint64_t refused_by_head = 0;        ///< Before the body was read.
  std::uint64_t idle_closed_for_new = 0;    ///< At `max_connections`.
  std::uint64_t refused_draining = 0;       ///< 503: cut off at the end of a drain.
  std::uint64_t slow_readers_cut = 0;       ///< Answers not taken in `write_timeout`.
};

} // namespace tinybook::http
