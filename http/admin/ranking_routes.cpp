#include "actors/accounts/messages.hpp"
#include "actors/ranking/messages.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

/// The windows share one epoch: whichever is named, all are rebuilt.
task<result<answer>> rebuild(call c) {
  auto window = board_window_of(c.request.fields.text("window"));
  if (!window)
    co_return std::move(window.error());
  auto from = source_of_action(c.request);
  if (!from)
    co_return std::move(from.error());
  if (auto noted = co_await c.ask(c.env.actors.accounts,
                                  note_operator_act{std::move(*from), "rebuild boards"});
      !noted)
    co_return std::move(noted.error());
  if (auto begun = co_await c.ask(c.env.actors.ranking, rebuild_boards{}); !begun)
    co_return std::move(begun.error());
  co_return success(c.request);
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

task<result<answer>> show_board(call c) {
  auto window = board_window_of(c.request.fields.text("window"));
  if (!window)
    co_return std::move(window.error());
  auto source = source_of(c.request.fields.text("source"));
  if (!source)
    co_return std::move(source.error());
  auto found = co_await c.ask(c.env.actors.ranking, get_board{*window, *source});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  rendered_board(*found).append(data,
                                static_cast<std::size_t>(c.request.fields.integer("n")),
                                c.env.clock(), c.env.settings.ranking.max_stale);
  co_return success(c.request, data);
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
           .auth = auth_need::admin,
           .level = config::admin_level::act,
           .asks = asked_actor::ranking,
           .handle = rebuild,
           .summary = "Builds the boards anew from the database, as a new epoch.",
           .body = {reason_field()},
           .path_fields = {{.name = "window"}}}};
}

} // namespace tinybook::http
