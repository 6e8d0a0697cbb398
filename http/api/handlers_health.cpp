#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

result<answer> tell_alive(const api_environment&, const request_context& request) {
  return success_object(request, [](json_writer& w) { w.member("status", "alive"); });
}

result<answer> tell_ready(const api_environment& env, const request_context& request) {
  switch (env.ready->phase()) {
  case serving_phase::starting:
    return errc::starting;
  case serving_phase::draining:
    return errc::draining;
  case serving_phase::ready:
    break;
  }
  return success_object(request, [&](json_writer& w) {
    w.member("status", "ready").key("degraded").begin_array();
    for (const auto& part : env.ready->degraded())
      w.value(part);
    w.end_array();
  });
}

} // namespace

std::vector<route> health_routes() {
  return {
      {.method = "GET",
       .path = "/healthz",
       .runs_in = lane::fast,
       .handle = tell_alive,
       .summary = "200 while the process lives."},
      {.method = "GET",
       .path = "/readyz",
       .runs_in = lane::fast,
       .handle = tell_ready,
       .summary = "200 while this replica wants requests; names what is missing."},
  };
}

} // namespace tinybook::http
