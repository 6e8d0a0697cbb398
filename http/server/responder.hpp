#pragma once

#include "http/server/connection.hpp"
#include "http/server/counters.hpp"
#include "http/server/server.hpp"

#include <httplib.h>

#include <string>

namespace tinybook::http {

/// cpp-httplib without its sockets: parses a target, runs the owner's handler, writes the
/// answer. Stands on what process_request of this very version does (the build checks
/// it).
///
/// The library sees only the request line; headers and body are put into its request from
/// what the scanner has found. So its own limits and decoders (form bodies over 8 KiB,
/// multipart, compressed bodies, percent-decoded headers, ranges) never meet a client.
class responder final : private httplib::Server {
 public:
  responder(const server_hooks& hooks, const server_options& options, counters& counts);

  /// Answers the whole request that `from` holds, appending to `out`; `last` says
  /// `Connection: close`. False if the library cannot read the target; then nothing was
  /// appended and no handler was called.
  [[nodiscard]] bool respond(const connection& from, bool last, std::string& out);

 private:
  void run_handler(const httplib::Request& request, httplib::Response& response);
  void answer_exception(const httplib::Request& request, httplib::Response& response,
                        const char* what);

  const server_hooks& hooks_;
  counters& counts_;
};

/// What is known of the present request of `from`, for an error answer: see
/// `server_hooks::render_error`.
[[nodiscard]] httplib::Request known_request(const connection& from);

} // namespace tinybook::http
