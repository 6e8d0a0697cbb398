#include "actors/sms/messages.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/message_json.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "storage/sms_archive.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> list(call c) {
  auto filters = filters_of(c.request);
  if (!filters)
    co_return std::move(filters.error());
  auto page = co_await c.ask(c.env.actors.failover, std::move(*filters));
  if (!page)
    co_return std::move(page.error());
  co_return success_object(c.request, [&](json_writer& w) {
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

task<result<answer>> show(call c) {
  auto found = co_await c.ask(c.env.actors.failover,
                              storage::find_message{c.request.fields.integer("id")});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  json_writer w(data);
  write_message(w, *found);
  co_return success(c.request, data);
}

task<result<answer>> redrive(call c) {
  auto action = action_of(c.request);
  if (!action)
    co_return std::move(action.error());
  auto queued =
      co_await c.ask(c.env.actors.failover,
                     redrive_sms{c.request.fields.integer("id"), std::move(*action)});
  if (!queued)
    co_return std::move(queued.error());
  co_return success_object(c.request,
                           [&](json_writer& w) { w.member("id", queued->id); });
}

task<result<answer>> discard(call c) {
  auto action = action_of(c.request);
  if (!action)
    co_return std::move(action.error());
  auto gone =
      co_await c.ask(c.env.actors.failover,
                     discard_sms{c.request.fields.integer("id"), std::move(*action)});
  if (!gone)
    co_return std::move(gone.error());
  co_return success(c.request);
}

const field_spec id_field{.name = "id", .type = field_type::integer, .min = 1};

route action_route(std::string_view path, handler handle, std::string_view summary) {
  return {.method = "POST",
          .path = path,
          .auth = auth_need::admin,
          .level = config::admin_level::act,
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
