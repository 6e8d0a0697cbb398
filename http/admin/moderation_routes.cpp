#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/operator_input.hpp"
#include "http/api/respond.hpp"
#include "http/api/shared_fields.hpp"

namespace tinybook::http {

namespace {

task<result<answer>> set_ban(call c, bool ban) {
  auto from = source_of_action(c.request);
  if (!from)
    co_return std::move(from.error());
  auto set = co_await c.ask(
      c.env.actors.accounts,
      moderate_account{c.request.fields.integer("id"), ban, std::move(*from)});
  if (!set)
    co_return std::move(set.error());
  co_return success(c.request);
}

task<result<answer>> ban(call c) {
  return set_ban(c, true);
}

task<result<answer>> unban(call c) {
  return set_ban(c, false);
}

task<result<answer>> set_down(call c, bool down) {
  auto from = source_of_action(c.request);
  if (!from)
    co_return std::move(from.error());
  auto set = co_await c.ask(
      c.env.actors.articles,
      moderate_article{c.request.fields.integer("id"), down, std::move(*from)});
  if (!set)
    co_return std::move(set.error());
  co_return success(c.request);
}

task<result<answer>> take_down(call c) {
  return set_down(c, true);
}

task<result<answer>> put_back(call c) {
  return set_down(c, false);
}

route moderation_route(std::string_view path, asked_actor asks, handler handle,
                       std::string_view summary) {
  return {.method = "POST",
          .path = path,
          .auth = auth_need::admin,
          .level = config::admin_level::act,
          .asks = asks,
          .handle = handle,
          .summary = summary,
          .body = {reason_field()},
          .path_fields = {{.name = "id", .type = field_type::integer, .min = 1}}};
}

} // namespace

std::vector<route> moderation_routes() {
  return {
      moderation_route("/admin/users/:id/ban", asked_actor::accounts, ban,
                       "Bans a person: all sessions end, the articles are hidden, and a "
                       "log-in says so."),
      moderation_route("/admin/users/:id/unban", asked_actor::accounts, unban,
                       "Lifts a ban: the articles come back."),
      moderation_route("/admin/articles/:id/take_down", asked_actor::articles, take_down,
                       "Takes an article down: its author alone sees it, and cannot "
                       "publish it."),
      moderation_route("/admin/articles/:id/put_back", asked_actor::articles, put_back,
                       "Gives an article that was taken down back to its readers."),
  };
}

} // namespace tinybook::http
