#include "actors/ranking/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

constexpr std::int64_t usual_neighbours = 5;

/// From a published snapshot: nobody is asked.
task<result<answer>> show_ranking(call c) {
  auto window = board_window_of(c.request.fields.text("window"));
  if (!window)
    co_return std::move(window.error());
  auto board = c.env.live->board(*window);
  if (!board)
    co_return failure{errc::starting, "no ranking was published yet"};
  answer out;
  // Shared caches keep nothing that was asked for with a token (RFC 9111, section 3.5).
  out.no_store = false;
  out.body.reserve(4096);
  out.body.append(R"({"code":0,"msg":")")
      .append(c.request.matched->done.text(c.request.lang()));
  out.body += R"(","data":)";
  board->append(out.body, static_cast<std::size_t>(c.request.fields.integer("n")),
                c.env.clock(), c.env.settings.ranking.max_stale);
  out.body += '}';
  co_return out;
}

/// Asks the board store: of what stands behind the first 100 there is no local copy.
task<result<answer>> show_rank(call c) {
  auto window = board_window_of(c.request.fields.text("window"));
  if (!window)
    co_return std::move(window.error());
  const auto side = c.request.fields.integer("neighbours");
  auto found = co_await c.ask(
      c.env.actors.ranking,
      find_rank{*window, c.request.fields.integer("id"), static_cast<std::size_t>(side)});
  if (!found)
    co_return std::move(found.error());
  std::string data;
  const rendered_board near(*found);
  near.append(data, near.rows(), c.env.clock(), c.env.settings.ranking.max_stale);
  co_return success(c.request, data);
}

} // namespace

std::vector<route> ranking_routes() {
  return {
      {.method = "GET",
       .path = "/articles/rank/:n",
       .auth = auth_need::reader,
       .handle = show_ranking,
       .summary = "The n most liked articles.",
       .path_fields = {{.name = "n", .type = field_type::integer, .min = 1, .max = 100}},
       .query = {window_field},
       .promised = {.id = "getRanking",
                    .data = &board_schema,
                    .errors = {errc::starting}}},
      {.method = "GET",
       .path = "/articles/rank/of/:id",
       .auth = auth_need::reader,
       .asks = asked_actor::ranking,
       .handle = show_rank,
       .summary = "The rank of one article, with its neighbours.",
       .path_fields = {article_id_field},
       .query = {window_field,
                 {.name = "neighbours",
                  .type = field_type::integer,
                  .needed = presence::optional,
                  .min = 0,
                  .max = 50,
                  .fallback = usual_neighbours}},
       .promised = {.id = "getRankOfArticle",
                    .data = &board_schema,
                    .errors = {errc::article_not_found}}},
  };
}

} // namespace tinybook::http
