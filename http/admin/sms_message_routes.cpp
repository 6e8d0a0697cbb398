#include "actors/sms/messages.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/message_json.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "storage/sms_archive.hpp"

namespace tinybook::http {

namespace {

result<answer> list(const api_environment& env, const request_context& request) {
  auto filters = filters_of(request);
  if (!filters)
    return std::move(filters.error());
  auto page = env.ask(request, env.actors.failover, std::move(*filters));
  if (!page)
    return std::move(page.error());
  return success_object(request, [&](json_writer& w) {
    w.key("items").begin_array();
    for (const auto& one : page->messages)
      write_message(w, one);
    w.end_array().key("next");
    if (page->next == 0)
      w.null();
    else
      w.value(page->next);
  });
}

result<answer> show(const api_environment& env, const request_context& request) {
  auto found = env.ask(request, env.actors.failover,
                       storage::find_message{request.fields.integer("id")});
  if (!found)
    return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_message(w, *found);
  return success(request, data);
}

result<answer> redrive(const api_environment& env, const request_context& request) {
  auto action = action_of(request);
  if (!action)
    return std::move(action.error());
  auto queued = env.ask(request, env.actors.failover,
                        redrive_sms{request.fields.integer("id"), std::move(*action)});
  if (!queued)
    return std::move(queued.error());
  return success_object(request, [&](json_writer& w) { w.member("id", queued->id); });
}

result<answer> discard(const api_environment& env, const request_context& request) {
  auto action = action_of(request);
  if (!action)
    return std::move(action.error());
  auto gone = env.ask(request, env.actors.failover,
                      discard_sms{request.fields.integer("id"), std::move(*action)});
  if (!gone)
    return std::move(gone.error());
  return success(request);
}

const field_spec id_field{.name = "id", .type = field_type::integer, .min = 1};

route action_route(std::string_view path, handler handle, std::string_view summary) {
  return {.method = "POST",
          .path = path,
          .auth = auth_need::admin_action,
          .asks = asked_actor::failover,
          .handle = handle,
          .summary = summary,
          .body = {reason_field()},
          .path_fields = {id_field}};
}

} // namespace

std::vector<route> sms_message_routes() {
  return {
      {.method = "GET",
       .path = "/admin/sms/messages",
       .auth = auth_need::admin,
       .asks = asked_actor::failover,
       .handle = list,
       .summary = "SMS by state, newest first: what went wrong unless told otherwise.",
       .query = message_filter_fields()},
      {.method = "GET",
       .path = "/admin/sms/messages/:id",
       .auth = auth_need::admin,
       .asks = asked_actor::failover,
       .handle = show,
       .summary = "One SMS with every try and report.",
       .path_fields = {id_field}},
      action_route("/admin/sms/messages/:id/redrive", redrive,
                   "Sends a dead or expired SMS once more, as a new one."),
      action_route("/admin/sms/messages/:id/discard", discard,
                   "Takes a dead or expired SMS off the list."),
  };
}

} // namespace tinybook::http
