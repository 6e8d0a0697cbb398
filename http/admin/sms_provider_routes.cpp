#include "actors/accounts/messages.hpp"
#include "actors/sms/provider_table.hpp"
#include "config/key.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "storage/provider_states.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

void write_row(json_writer& w, const provider_row& row, std::string_view kind) {
  const auto& at = row.condition;
  w.begin_object().member("name", row.name).member("kind", kind);
  w.member("answers", row.answers);
  w.member("circuit", to_string(at.circuit)).member("circuitReason", at.circuit_reason);
  w.member("forced", to_string(at.forced)).member("forcedBy", at.forced_by);
  w.member("forceReason", at.force_reason);
  write_time(w, "forcedUntil", at.forced_until);
  write_time(w, "pausedUntil", at.paused_until);
  w.key("refusedRegions").begin_array();
  for (const auto& one : row.regions) {
    w.begin_object().member("region", one.region);
    write_time(w, "until", one.until);
    w.end_object();
  }
  w.end_array().member("inFlight", row.in_flight).key("outcomes").begin_object();
  for (std::size_t i = 0; i < outcome_classes; ++i)
    w.member(to_string(static_cast<outcome_class>(i)), row.outcomes[i]);
  w.end_object().end_object();
}

/// The kind of a provider, from the configuration: the supervisor does not know it.
std::string_view kind_of(const config::settings& settings, std::string_view name) {
  const auto& all = settings.sms.providers;
  const auto it = std::ranges::find(all, name, &config::sms_provider::name);
  return it == all.end() ? "" : config::word_of(it->kind);
}

task<result<answer>> list_table(call c) {
  auto table = co_await c.ask(c.env.actors.failover, list_providers{});
  if (!table)
    co_return std::move(table.error());
  std::string data;
  json_writer w(data);
  w.begin_array();
  for (const auto& row : table->rows)
    write_row(w, row, kind_of(c.env.settings, row.name));
  w.end_array();
  co_return success(c.request, data);
}

task<result<answer>> force(call c) {
  const auto& name = c.request.fields.text("name");
  const bool all = name == storage::every_provider || name == "all";
  auto from = source_of_action(c.request);
  if (!from)
    co_return std::move(from.error());
  operator_action action{from->by, from->reason};
  auto state = forced_state_of(c.request, all);
  if (!state)
    co_return std::move(state.error());
  auto ttl = time_to_live_of(c.request, *state);
  if (!ttl)
    co_return std::move(ttl.error());
  if (auto noted = co_await c.ask(
          c.env.actors.accounts,
          note_operator_act{std::move(*from), "force provider " + name + ' '
                                                  + c.request.fields.text("state")});
      !noted)
    co_return std::move(noted.error());
  const auto until = *ttl ? c.env.clock() + **ttl : wall_time{};
  auto forced =
      co_await c.ask(c.env.actors.failover,
                     force_provider{all ? std::string{storage::every_provider} : name,
                                    *state, until, std::move(action)});
  if (!forced)
    co_return std::move(forced.error());
  co_return success(c.request);
}

} // namespace

std::vector<route> sms_provider_routes() {
  return {{.method = "GET",
           .path = "/admin/providers",
           .auth = auth_need::admin,
           .asks = asked_actor::failover,
           .handle = list_table,
           .summary = "Every SMS provider: its circuit, what holds it, and its calls."},
          {.method = "POST",
           .path = "/admin/providers/:name/state",
           .auth = auth_need::admin,
           .level = config::admin_level::act,
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
