#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> tell_alive(call c) {
  co_return success_object(c.request,
                           [](json_writer& w) { w.member("status", "alive"); });
}

constexpr schema_member alive_members[] = {{"status", schema::text("alive")}};
constexpr schema alive_schema = schema::object(alive_members).named("Alive");

constexpr std::string_view state_words[] = {"ready", "starting"};
constexpr schema part_schema = schema::text("redis");
constexpr schema_member state_members[] = {
    {"status", schema::word(state_words)},
    {"degraded", schema::list(part_schema).says("What is missing or slow.")}};
constexpr schema state_schema = schema::object(state_members).named("State");

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

task<result<answer>> tell_ready(call c) {
  switch (c.env.ready->phase()) {
  case serving_phase::starting:
    co_return still_starting(c.env, c.request);
  case serving_phase::draining:
    co_return errc::draining;
  case serving_phase::ready:
    break;
  }
  co_return success(c.request, state_of(c.env, "ready"));
}

} // namespace

std::vector<route> health_routes() {
  return {
      {.method = "GET",
       .path = "/healthz",
       .handle = tell_alive,
       .summary = "200 while the process lives.",
       .promised = {.id = "checkLife", .data = &alive_schema}},
      {.method = "GET",
       .path = "/readyz",
       .handle = tell_ready,
       .summary = "200 while this replica wants requests; names what is missing.",
       .promised = {.id = "checkReadiness",
                    .data = &state_schema,
                    .data_of_503 = &state_schema,
                    .errors = {errc::starting}}},
  };
}

} // namespace tinybook::http
