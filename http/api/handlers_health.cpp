#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

result<answer> tell_alive(const api_environment&, const request_context& request) {
  return success_object(request, [](json_writer& w) { w.member("status", "alive"); });
}

std::string state_of(const api_environment& env, std::string_view status) {
  std::string data;
  json_writer w(data);
  w.begin_object().member("status", status).key("degraded").begin_array();
  for (const auto& part : env.ready->degraded())
    w.value(part);
  w.end_array().end_object();
  return data;
}

/// A refusal that names what is waited for: who starts a replica before its back ends
/// reads here which one is missing.
answer still_starting(const api_environment& env, const request_context& request) {
  const failure why{errc::starting};
  answer out{.status = http_status(why.code),
             .body = error_body(why, request.lang(), request.request_id)};
  constexpr std::string_view no_data = R"("data":null)";
  out.body.replace(out.body.find(no_data), no_data.size(),
                   R"("data":)" + state_of(env, "starting"));
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

result<answer> tell_ready(const api_environment& env, const request_context& request) {
  switch (env.ready->phase()) {
  case serving_phase::starting:
    return still_starting(env, request);
  case serving_phase::draining:
    return errc::draining;
  case serving_phase::ready:
    break;
  }
  return success(request, state_of(env, "ready"));
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
