#include "http/server/server_core.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::http {

namespace {

// The library's line buffer less "HEAD ", " HTTP/1.1" and the line end.
constexpr std::size_t library_uri_bytes = 8192 - 16;

scan_limits limits_of(const server_options& options, const server_hooks& hooks) {
  scan_limits limits{options.max_head_bytes, options.max_headers,
                     std::min(options.max_uri_bytes, library_uri_bytes),
                     hooks.max_body_bytes};
  if (!limits.max_body_bytes)
    limits.max_body_bytes = [most = options.max_body_bytes](auto, auto) {
      return most;
    };
  return limits;
}

} // namespace

server_core::server_core(server_options chosen, server_hooks given)
    : options(std::move(chosen)),
      hooks(std::move(given)),
      limits(limits_of(options, hooks)),
      responses(hooks, options, counts),
      addresses(options.max_connections_per_address) {}

} // namespace tinybook::http
