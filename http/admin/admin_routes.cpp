#include "http/admin/admin_routes.hpp"

#include "http/admin/actor_json.hpp"
#include "http/admin/metrics_page.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

/// Whether the optional field `name` is there; `word` is all that it may hold.
result<bool> asks_for(const request_context& request, const char* name,
                      std::string_view word) {
  const auto& text = request.fields.text(name);
  if (!text.empty() && text != word)
    return failure{field_error{name, field_rule::not_one_of, 0, std::string{word}}};
  return !text.empty();
}

task<result<answer>> list_all(call c) {
  const auto only_bad = asks_for(c.request, "health", "bad");
  if (!only_bad)
    co_return only_bad.error();
  const auto summary = asks_for(c.request, "view", "summary");
  if (!summary)
    co_return summary.error();
  auto listed = co_await c.ask(c.env.actors.inspector, list_actors{});
  if (!listed)
    co_return std::move(listed.error());
  if (*only_bad)
    std::erase_if(listed->actors, [](const actor_report& actor) {
      return actor.how.level == health_level::ok;
    });
  if (*summary) {
    answer out;
    out.content_type = plain_text;
    for (const auto& actor : listed->actors)
      out.body += actor_line(actor, c.env.clock());
    co_return out;
  }
  std::string data;
  json_writer w(data);
  w.begin_array();
  for (const auto& actor : listed->actors)
    write_actor(w, actor);
  w.end_array();
  co_return success(c.request, data);
}

task<result<answer>> show_one(call c) {
  auto found = co_await c.ask(c.env.actors.inspector,
                              inspect_actor{c.request.fields.text("name")});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_actor(w, *found);
  co_return success(c.request, data);
}

task<result<answer>> list_warnings(call c) {
  std::string data;
  json_writer w(data);
  w.begin_array();
  for (const auto& warning : c.env.settings.warnings)
    w.value(warning);
  w.end_array();
  co_return success(c.request, data);
}

/// Where the inspector does not answer in time, its last report is shown.
task<result<answer>> show_metrics(call c) {
  if (auto listed = co_await c.ask(c.env.actors.inspector, list_actors{}))
    c.env.metrics->update(std::move(*listed));
  answer out;
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  out.body = c.env.metrics->render();
  co_return out;
}

} // namespace

std::vector<route> admin_routes() {
  std::vector<route> all{
      {.method = "GET",
       .path = "/admin/actors",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = list_all,
       .summary = "Every actor with its health, its measures and its own gauges; "
                  "`health=bad` leaves out those that are well, `view=summary` is a "
                  "line for each.",
       .query = {{.name = "health", .needed = presence::optional},
                 {.name = "view", .needed = presence::optional}}},
      {.method = "GET",
       .path = "/admin/actors/:name",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = show_one,
       .summary = "One actor.",
       .path_fields = {{.name = "name"}}},
      {.method = "GET",
       .path = "/admin/warnings",
       .auth = auth_need::admin,
       .handle = list_warnings,
       .summary = "What of the configuration should be changed, as the start told."},
      {.method = "GET",
       .path = "/metrics",
       .auth = auth_need::admin,
       .asks = asked_actor::inspector,
       .handle = show_metrics,
       .summary = "Everything that is counted, for Prometheus."},
  };
  for (auto more : {sms_message_routes(), sms_provider_routes(), ranking_admin_routes(),
                    moderation_routes(), audit_routes(), health_routes()})
    for (auto& one : more)
      all.push_back(std::move(one));
  return all;
}

} // namespace tinybook::http
