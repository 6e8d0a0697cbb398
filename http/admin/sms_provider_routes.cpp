#include "http/admin/operator_input.hpp"
#include "http/admin/sms_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

constexpr std::string_view all_providers = "*";

result<answer> force(const api_environment& env, const request_context& request) {
  const auto& name = request.fields.text("name");
  const bool all = name == all_providers || name == "all";
  auto action = action_of(request);
  if (!action)
    return std::move(action.error());
  auto state = forced_state_of(request, all);
  if (!state)
    return std::move(state.error());
  auto ttl = time_to_live_of(request, *state);
  if (!ttl)
    return std::move(ttl.error());
  const auto until = *ttl ? env.clock() + **ttl : wall_time{};
  auto forced = env.ask(request, env.actors.failover,
                        force_provider{all ? std::string{all_providers} : name, *state,
                                       until, std::move(*action)});
  if (!forced)
    return std::move(forced.error());
  return success(request);
}

} // namespace

std::vector<route> sms_provider_routes() {
  return {{.method = "POST",
           .path = "/admin/providers/:name/state",
           .auth = auth_need::admin_action,
           .asks = asked_actor::failover,
           .handle = force,
           .summary = "Holds a provider open, closed or at metrics only, or lets it "
                      "move by itself; `all` pauses every one.",
           .body = {{.name = "state"},
                    {.name = "ttl", .needed = presence::optional},
                    reason_field()},
           .path_fields = {{.name = "name"}}}};
}

} // namespace tinybook::http
