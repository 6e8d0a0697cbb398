#pragma once

#include "http/server/connection.hpp"
#include "http/server/counters.hpp"
#include "http/server/server.hpp"

#include <httplib.h>

#include <atomic>
#include <cstdint>
#include <string>

namespace tinybook::http {

/// cpp-httplib without its sockets: parses a target, runs the owner's handler, writes the
/// answer. Relies on what process_request does in exactly this version (the build checks
/// that).
///
/// The library sees the request line only; headers and body are put into its request from
/// what the scanner has found. So its own limits and decoders (form bodies over 8 KiB,
/// multipart, compressed bodies, percent-decoded headers, ranges) never meet a client.
class responder final : private httplib::Server {
 public:
  responder(const server_hooks& hooks, const server_options& options, counters& counts);

  enum class outcome : std::uint8_t {
    kept,       ///< The connection may serve on.
    last,       ///< The answer says `Connection: close`.
    unreadable, ///< The library cannot read the target: no handler ran, nothing appended.
  };

  /// Answers the whole request that `from` holds, appending to `out`. It is the last if
  /// the client wants so, or if `ending` is set by the time that the handler ends and
  /// no further request has come in.
  [[nodiscard]] outcome respond(const connection& from, const std::atomic<bool>& ending,
                                std::string& out);

 private:
  struct call;

  void run_handler(const httplib::Request& request, httplib::Response& response);
  void answer_exception(const httplib::Request& request, httplib::Response& response,
                        const char* what);

  /// The call that this thread is in: the library passes no context on to a handler.
  static thread_local call* current_;

  const server_hooks& hooks_;
  counters& counts_;
};

/// What is known of the current request of `from`, for an error answer: see
/// `server_hooks::render_error`.
[[nodiscard]] httplib::Request known_request(const connection& from);

} // namespace tinybook::http
