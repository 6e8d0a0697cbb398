#include "http/admin/admin_routes.hpp"

#include "http/admin/actor_json.hpp"
#include "http/admin/metrics_page.hpp"
#include "http/admin/ranking_routes.hpp"
#include "http/admin/sms_routes.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

result<answer> list_all(const api_environment& env, const request_context& request) {
  auto listed = env.ask(request, env.actors.inspector, list_actors{});
  if (!listed)
    return std::move(listed.error());
  std::string data;
  json_writer w(data);
  w.begin_array();
  for (const auto& actor : listed->actors)
    write_actor(w, actor);
  w.end_array();
  return success(request, data);
}

result<answer> show_one(const api_environment& env, const request_context& request) {
  auto found =
      env.ask(request, env.actors.inspector, inspect_actor{request.fields.text("name")});
  if (!found)
    return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_actor(w, *found);
  return success(request, data);
}

/// What the inspector cannot tell in time is left as it was told last.
result<answer> show_metrics(const api_environment& env, const request_context& request) {
  if (auto listed = env.ask(request, env.actors.inspector, list_actors{}))
    env.metrics->keep(std::move(*listed));
  answer out;
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  out.body = env.metrics->render();
  return out;
}

} // namespace

std::vector<route> admin_routes() {
  std::vector<route> all{
      {.method = "GET",
       .path = "/admin/actors",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = list_all,
       .summary = "Every actor with its measures and its own gauges."},
      {.method = "GET",
       .path = "/admin/actors/:name",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = show_one,
       .summary = "One actor.",
       .path_fields = {{.name = "name"}}},
      {.method = "GET",
       .path = "/metrics",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = show_metrics,
       .summary = "Everything that is counted, for Prometheus."},
  };
  for (auto more : {sms_message_routes(), sms_provider_routes(), ranking_admin_routes(),
                    health_routes()})
    for (auto& one : more)
      all.push_back(std::move(one));
  return all;
}

} // namespace tinybook::http
