#include "actors/ranking/messages.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

/// The windows share one epoch: whichever is named, all are rebuilt.
result<answer> rebuild(const api_environment& env, const request_context& request) {
  auto window = board_window_of(request.fields.text("window"));
  if (!window)
    return std::move(window.error());
  if (auto action = action_of(request); !action)
    return std::move(action.error());
  if (auto begun = env.ask(request, env.actors.ranking, rebuild_boards{}); !begun)
    return std::move(begun.error());
  return success(request);
}

result<board_source> source_of(std::string_view text) {
  if (text.empty() || text == "copy")
    return board_source::copy;
  if (text == "store")
    return board_source::store;
  if (text == "database")
    return board_source::database;
  return failure{
      field_error{"source", field_rule::not_one_of, 0, "copy, store, database"}};
}

result<answer> show_board(const api_environment& env, const request_context& request) {
  auto window = board_window_of(request.fields.text("window"));
  if (!window)
    return std::move(window.error());
  auto source = source_of(request.fields.text("source"));
  if (!source)
    return std::move(source.error());
  auto found = env.ask(request, env.actors.ranking, get_board{*window, *source});
  if (!found)
    return std::move(found.error());
  std::string data;
  rendered_board(*found).append(data,
                                static_cast<std::size_t>(request.fields.integer("n")),
                                env.clock(), env.settings.ranking.max_stale);
  return success(request, data);
}

} // namespace

std::vector<route> ranking_admin_routes() {
  return {{.method = "GET",
           .path = "/admin/ranking/:window",
           .auth = auth_need::admin,
           .asks = asked_actor::ranking,
           .handle = show_board,
           .summary = "A board as this replica's copy, the board store or the database "
                      "has it.",
           .path_fields = {{.name = "window"}},
           .query = {{.name = "source", .needed = presence::optional},
                     {.name = "n",
                      .type = field_type::integer,
                      .needed = presence::optional,
                      .min = 1,
                      .max = 100,
                      .fallback = 10}}},
          {.method = "POST",
           .path = "/admin/ranking/:window/rebuild",
           .auth = auth_need::admin_action,
           .asks = asked_actor::ranking,
           .handle = rebuild,
           .summary = "Builds the boards anew from the database, as a new epoch.",
           .body = {reason_field()},
           .path_fields = {{.name = "window"}}}};
}

} // namespace tinybook::http
