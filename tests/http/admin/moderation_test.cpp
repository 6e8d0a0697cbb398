#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "config/key.hpp"
#include "http/admin/admin_routes.hpp"
#include "storage/audit_store.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace tinybook::http {

using test::api_world;
using test::json_of;

TEST_CASE("a ban and its end name who, why and from where") {
  api_world w;
  const auto act = [&](const std::string& path, const std::string& body) {
    return w.admin()
        .Post(path, w.bearer(w.admin_token), body, "application/json")
        ->status;
  };
  CHECK(act("/admin/users/7/ban", R"({"reason":"spam"})") == 200);
  auto asked = w.actors.last<moderate_account>();
  REQUIRE(asked);
  CHECK(asked->user == 7);
  CHECK(asked->ban);
  CHECK(asked->from.by == "admin");
  CHECK(asked->from.reason == "spam");
  CHECK_FALSE(asked->from.network.empty());
  CHECK(act("/admin/users/7/unban", R"({"reason":"a mistake"})") == 200);
  CHECK_FALSE(w.actors.last<moderate_account>()->ban);
  for (const auto* path : {"/admin/users/7/ban", "/admin/articles/7/take_down"})
    CHECK_MESSAGE(act(path, R"({"reason":" "})") == 400, path);
  CHECK(act("/admin/users/0/ban", R"({"reason":"x"})") == 400);
  w.actors.fail = [=] {
    return std::optional{failure{errc::user_not_found}};
  };
  CHECK(act("/admin/users/8/ban", R"({"reason":"x"})") == 404);
}

TEST_CASE("a reason can be read, and what is wrong with one is named") {
  api_world w;
  const auto rule_of = [&](const std::string& reason) {
    auto r =
        w.admin().Post("/admin/users/7/ban", w.bearer(w.admin_token),
                       nlohmann::json{{"reason", reason}}.dump(), "application/json");
    REQUIRE(r);
    if (r->status == 200)
      return std::string{};
    CHECK(json_of(r)["fields"][0]["field"] == "reason");
    return json_of(r)["fields"][0]["rule"].get<std::string>();
  };
  CHECK(rule_of("\u200b") == "hidden_character");
  CHECK(rule_of("\u0301") == "nothing_visible");
  CHECK(rule_of("a\u200bb") == "hidden_character");
  CHECK(rule_of("two\nlines") == "hidden_character");
  CHECK(rule_of("") == "required");
  CHECK(rule_of(std::string(201, 'x')) == "too_long");
  CHECK(rule_of(" 卖链接 \n").empty());
}

TEST_CASE("docs/operation.md names every route of operators and its level") {
  std::set<std::string> routes;
  for (const auto& one : admin_routes())
    if (one.auth == auth_need::admin)
      routes.insert(
          std::string{one.method} + ' ' + std::string{one.path} + ' '
          + std::string{config::words_of<config::admin_level>[static_cast<std::size_t>(
              one.level)]});
  std::set<std::string> told;
  std::ifstream page{std::string{TINYBOOK_SOURCE_DIR} + "/docs/operation.md"};
  const std::regex row{R"(\| ((?:GET|POST) /[^ |]+) \|[^|]*\| ([a-z]+) \|.*)"};
  std::smatch parts;
  for (std::string line; std::getline(page, line);)
    if (std::regex_match(line, parts, row))
      told.insert(parts[1].str() + ' ' + parts[2].str());
  CHECK(told == routes);
}

TEST_CASE("an article is taken down and put back") {
  api_world w;
  const auto act = [&](const std::string& path) {
    return w.admin()
        .Post(path, w.bearer(w.admin_token), R"({"reason":"x"})", "application/json")
        ->status;
  };
  CHECK(act("/admin/articles/42/take_down") == 200);
  CHECK(w.actors.last<moderate_article>()->id == 42);
  CHECK(w.actors.last<moderate_article>()->take_down);
  CHECK(act("/admin/articles/42/put_back") == 200);
  CHECK_FALSE(w.actors.last<moderate_article>()->take_down);
}

TEST_CASE("what no transaction tells of is entered before it is done") {
  api_world w;
  const auto act = [&](const std::string& path, const std::string& body) {
    return w.admin()
        .Post(path, w.bearer(w.admin_token), body, "application/json")
        ->status;
  };
  CHECK(act("/admin/ranking/all/rebuild", R"({"reason":"restored"})") == 200);
  CHECK(w.actors.last<note_operator_act>()->detail == "rebuild boards");
  CHECK(w.actors.last<note_operator_act>()->from.reason == "restored");
  CHECK(act("/admin/providers/all/state", R"({"reason":"x","state":"open"})") == 200);
  CHECK(w.actors.last<note_operator_act>()->detail == "force provider all open");
  CHECK(w.actors.last<note_operator_act>()->from.by == "admin");
  CHECK_FALSE(w.actors.last<note_operator_act>()->from.network.empty());
  w.actors.fail = [=] {
    return std::optional{failure{errc::unavailable}};
  };
  CHECK(act("/admin/ranking/all/rebuild", R"({"reason":"x"})") == 503);
}

TEST_CASE("the trail is read by person, kind and time, page by page") {
  api_world w;
  auto r =
      w.admin().Get("/admin/audit?user=7&kind=account_banned&from=2026-11-30T08:00:00Z"
                    "&until=2026-12-01T00:00:00Z&limit=2&before=1764489600000-9");
  REQUIRE(r);
  CHECK(r->status == 200);
  const auto asked = w.store.last<storage::list_audit>();
  REQUIRE(asked);
  CHECK(asked->user == 7);
  CHECK(asked->kind == storage::audit_kind::account_banned);
  CHECK(asked->from == *parse_rfc3339("2026-11-30T08:00:00Z"));
  CHECK(asked->until == *parse_rfc3339("2026-12-01T00:00:00Z"));
  CHECK(asked->limit == 2);
  REQUIRE(asked->before);
  CHECK(asked->before->id == 9);
  CHECK(to_unix_ms(asked->before->at) == 1764489600000);
  const auto entry = json_of(r)["data"]["items"][0];
  CHECK(entry["kind"] == "account_banned");
  CHECK(entry["by"] == "zoe");
  CHECK(entry["reason"] == "spam");
  CHECK(entry["user"] == 7);
  CHECK(json_of(r)["data"]["next"].is_null()); // The stub has two pages.
  const auto next =
      json_of(w.admin().Get("/admin/audit"))["data"]["next"].get<std::string>();
  CHECK(w.admin().Get("/admin/audit?before=" + next)->status == 200);
  CHECK(w.store.last<storage::list_audit>()->before->id == 3);
  CHECK(w.admin().Get("/admin/audit?kind=log_in_failed")->status == 200);
  CHECK_FALSE(w.store.last<storage::list_audit>()->user);
  CHECK(w.admin().Get("/admin/audit?user=0")->status == 200);
  CHECK(w.store.last<storage::list_audit>()->user == 0);
}

TEST_CASE(
    "a filter of the trail that cannot be read is refused by the rule that it breaks") {
  api_world w;
  const auto rule_of = [&](const std::string& filter) {
    auto r = w.admin().Get("/admin/audit?" + filter);
    REQUIRE(r);
    CHECK(r->status == 400);
    const auto refused = json_of(r)["fields"].at(0);
    return refused["field"].get<std::string>() + ' ' + refused["rule"].get<std::string>();
  };
  CHECK(rule_of("kind=moon") == "kind not_one_of");
  CHECK(rule_of("from=yesterday") == "from not_time");
  CHECK(rule_of("until=1") == "until not_time");
  for (const auto* bad : {"1", "1-", "-1-2", "99999999999999999-1"})
    CHECK_MESSAGE(rule_of(std::string{"before="} + bad) == "before not_next", bad);
  CHECK(rule_of("limit=501") == "limit out_of_range");
  CHECK(rule_of("user=-1") == "user out_of_range");
  const auto said = json_of(w.admin().Get("/admin/audit?from=yesterday"))["fields"][0];
  CHECK(said["msg"] == "This is not a time such as 2026-11-30T08:00:00Z.");
}

} // namespace tinybook::http
