#include "http/server/server_core.hpp"

#include <utility>

namespace tinybook::http {

namespace {

scan_limits limits_of(const server_options& options, const server_hooks& hooks) {
  scan_limits limits{options.max_head_bytes, options.max_headers, options.max_uri_bytes,
                     hooks.max_body_bytes};
  if (!limits.max_body_bytes)
    limits.max_body_bytes = [most = options.max_body_bytes](auto, auto) {
      return most;
    };
  return limits;
}

} // namespace

server_core::server_core(server_options chosen, server_hooks given,
                         std::function<deadline()> clock)
    : options(std::move(chosen)),
      hooks(std::move(given)),
      limits(limits_of(options, hooks)),
      now(std::move(clock)),
      kept_idle(std::chrono::duration_cast<std::chrono::seconds>(options.idle_timeout)),
      addresses(options.max_connections_per_address) {}

} // namespace tinybook::http
