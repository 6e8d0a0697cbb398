#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

result<done> check_window(std::string_view window) {
  if (window.empty() || window == "all")
    return done{};
  bool known = window == "day" || window == "week";
  return failure{
      field_error{"window", known ? field_rule::not_supported : field_rule::not_one_of}};
}

/// Runs in the fast lane: a published snapshot, nobody is asked.
result<answer> show_ranking(const api_environment& env, const request_context& request) {
  if (auto window = check_window(request.fields.text("window")); !window)
    return std::move(window.error());
  auto board = env.live->board(board_window::all);
  if (!board)
    return failure{errc::starting, "no ranking was published yet"};
  answer out;
  // Shared caches keep nothing that was asked for with a token (RFC 9111, section 3.5).
  out.no_store = false;
  out.body.reserve(4096);
  out.body.append(R"({"code":0,"msg":")").append(success_text(request.lang()));
  out.body += R"(","data":)";
  board->append(out.body, static_cast<std::size_t>(request.fields.integer("n")),
                env.clock(), env.settings.ranking.max_stale);
  out.body += '}';
  return out;
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
  };
}

} // namespace tinybook::http
