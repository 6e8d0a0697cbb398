#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

using test::api_world;
using test::json_of;

TEST_CASE("an operator reads a board from each of its sources") {
  api_world w;
  auto r = w.admin().Get("/admin/ranking/week?source=database&n=2");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(json_of(r)["data"]["items"].size() == 2);
  const auto asked = w.actors.last<get_board>();
  REQUIRE(asked);
  CHECK(asked->window == board_window::week);
  CHECK(asked->source == board_source::database);
  CHECK(w.admin().Get("/admin/ranking/all")->status == 200);
  CHECK(w.actors.last<get_board>()->source == board_source::copy);
  CHECK(w.admin().Get("/admin/ranking/day?source=store")->status == 200);
  CHECK(w.actors.last<get_board>()->source == board_source::store);
  for (const auto* path : {"/admin/ranking/year", "/admin/ranking/all?source=moon",
                           "/admin/ranking/all?n=101"})
    CHECK_MESSAGE(w.admin().Get(path)->status == 400, path);
}

TEST_CASE("a rebuild needs the token and a reason, and goes to the ranking") {
  api_world w;
  const std::string path = "/admin/ranking/all/rebuild";
  const std::string body = R"({"reason":"the database was restored"})";
  CHECK(w.admin().Post(path, body, "application/json")->status == 401);
  CHECK(w.admin().Post(path, w.bearer(w.admin_token), "{}", "application/json")->status
        == 400);
  CHECK_FALSE(w.actors.last<rebuild_boards>());
  auto r = w.admin().Post(path, w.bearer(w.admin_token), body, "application/json");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(w.actors.last<rebuild_boards>());
  CHECK(w.log_text().find("the database was restored") != std::string::npos);
}

} // namespace tinybook::http
