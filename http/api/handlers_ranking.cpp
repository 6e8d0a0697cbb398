#include "actors/ranking/messages.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

constexpr std::int64_t usual_neighbours = 5;

/// Runs in the fast lane: a published snapshot, nobody is asked.
result<answer> show_ranking(const api_environment& env, const request_context& request) {
  auto window = board_window_of(request.fields.text("window"));
  if (!window)
    return std::move(window.error());
  auto board = env.live->board(*window);
  if (!board)
    return failure{errc::starting, "no ranking was published yet"};
  answer out;
  // Shared caches keep nothing that was asked for with a token (RFC 9111, section 3.5).
  out.no_store = false;
  out.body.reserve(4096);
  out.body.append(R"({"code":0,"msg":")")
      .append(request.matched->done.text(request.lang()));
  out.body += R"(","data":)";
  board->append(out.body, static_cast<std::size_t>(request.fields.integer("n")),
                env.clock(), env.settings.ranking.max_stale);
  out.body += '}';
  return out;
}

/// Asks the board store: of what stands behind the first 100 there is no local copy.
result<answer> show_rank(const api_environment& env, const request_context& request) {
  auto window = board_window_of(request.fields.text("window"));
  if (!window)
    return std::move(window.error());
  const auto side = request.fields.integer("neighbours");
  auto found = env.ask(
      request, env.actors.ranking,
      find_rank{*window, request.fields.integer("id"), static_cast<std::size_t>(side)});
  if (!found)
    return std::move(found.error());
  std::string data;
  const rendered_board near(*found);
  near.append(data, near.rows(), env.clock(), env.settings.ranking.max_stale);
  return success(request, data);
}

} // namespace

std::vector<route> ranking_routes() {
  return {
      {.method = "GET",
       .path = "/articles/rank/:n",
       .runs_in = lane::fast,
       .auth = auth_need::reader,
       .handle = show_ranking,
       .summary = "The n most liked articles.",
       .path_fields = {{.name = "n", .type = field_type::integer, .min = 1, .max = 100}},
       .query = {{.name = "window", .needed = presence::optional}}},
      {.method = "GET",
       .path = "/articles/rank/of/:id",
       .auth = auth_need::reader,
       .asks = asked_actor::ranking,
       .handle = show_rank,
       .summary = "The rank of one article, with its neighbours.",
       .path_fields = {{.name = "id", .type = field_type::integer, .min = 1}},
       .query = {{.name = "window", .needed = presence::optional},
                 {.name = "neighbours",
                  .type = field_type::integer,
                  .needed = presence::optional,
                  .min = 0,
                  .max = 50,
                  .fallback = usual_neighbours}}},
  };
}

} // namespace tinybook::http
