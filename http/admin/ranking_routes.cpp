#include "http/admin/ranking_routes.hpp"

#include "http/admin/operator_input.hpp"
#include "http/api/board_window.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

/// The windows share one epoch: whichever is named, all are built anew.
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

} // namespace

std::vector<route> ranking_admin_routes() {
  return {{.method = "POST",
           .path = "/admin/ranking/:window/rebuild",
           .auth = auth_need::admin_action,
           .asks = asked_actor::ranking,
           .handle = rebuild,
           .summary = "Builds the boards anew from the database, as a new epoch.",
           .body = {reason_field()},
           .path_fields = {{.name = "window"}}}};
}

} // namespace tinybook::http
