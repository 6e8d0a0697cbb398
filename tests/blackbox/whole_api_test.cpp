#include "tests/blackbox/fixture.hpp"

namespace tinybook::test {

using nlohmann::json;

namespace {

json find_in_ranking(client& c, std::int64_t id) {
  auto items = c.get("/articles/rank/100").data().value("items", json::array());
  for (auto& item : items)
    if (item["id"] == id)
      return item;
  return nullptr;
}

/// Waits until the ranking shows `likes` for `id`; the board is refreshed once a second.
bool ranking_shows(client& c, std::int64_t id, std::int64_t likes) {
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (std::chrono::steady_clock::now() < until) {
    auto row = find_in_ranking(c, id);
    if (likes == 0 ? row.is_null() : !row.is_null() && row["likeCnt"] == likes)
      return true;
  }
  return false;
}

} // namespace

TEST_CASE_FIXTURE(running_server, "sign-up, log-in, profile, refresh and log-out") {
  auto c = browser();
  CHECK(c.sign_up("Ann@Example.org", "correct horse").status == 200);
  CHECK(c.sign_up("ann@example.org", "correct horse").error() == "email_taken");
  CHECK(c.log_in("ann@example.org", "wrong horse").error() == "wrong_credentials");
  CHECK(c.log_in("ann@example.org", "correct horse").status == 200);
  CHECK(c.cookies().count("tb_device") == 1);

  CHECK(c.post("/users/edit",
               {{"nickname", "安"}, {"birthday", "2000-02-29"}, {"aboutMe", "writes"}})
            .status
        == 200);
  auto me = c.get("/users/profile").body;
  CHECK(me
        == json{{"Email", "ann@example.org"},
                {"Phone", ""},
                {"Nickname", "安"},
                {"Birthday", "2000-02-29"},
                {"AboutMe", "writes"}});

  auto access = c.access();
  auto refresh = c.refresh();
  c.use_tokens(refresh, refresh);
  auto refreshed = c.get("/users/refresh_token");
  CHECK(refreshed.status == 200);
  auto newer = refreshed.header("X-Jwt-Token");
  CHECK(newer != "");
  c.use_tokens(newer, refreshed.header("X-Refresh-Token"));
  CHECK(c.get("/users/profile").status == 200);
  CHECK(c.log_out().status == 200);
  CHECK(c.get("/users/profile").error() == "token_revoked");
  c.use_tokens(access, refresh);
  CHECK(c.get("/users/profile").error() == "token_revoked");
}

TEST_CASE_FIXTURE(running_server,
                  "a code that was sent logs in, once, and makes the account") {
  auto c = browser();
  CHECK(c.send_code("138 0013 8000").status == 200);
  CHECK(c.send_code("+8613800138000").error() == "send_cooldown");
  auto code = code_for("+8613800138000");
  CHECK(c.log_in_by_code("13800138000", code == "000000" ? "000001" : "000000").error()
        == "wrong_code");
  CHECK(c.log_in_by_code("0086 13800138000", code).status == 200);
  CHECK(c.get("/users/profile").body["Phone"] == "+8613800138000");
  CHECK(c.log_in_by_code("13800138000", code).error() == "wrong_code");
}

TEST_CASE_FIXTURE(running_server, "the life of an article") {
  auto author = person("author");
  auto reader = person("reader");
  auto id = author.post("/articles/edit", {{"title", "Draft"}, {"content", "<b>one</b>"}})
                .data()
                .get<std::int64_t>();
  CHECK(reader.get("/articles/pub/" + std::to_string(id)).status == 404);
  CHECK(reader.get("/articles/detail/" + std::to_string(id)).status == 403);
  CHECK(author
            .post("/articles/publish", {{"id", id},
                                        {"title", "One"},
                                        {"content", "<b>one</b><script>x</script>"}})
            .data()
        == id);
  auto seen = reader.get("/articles/pub/" + std::to_string(id)).data();
  CHECK(seen["title"] == "One");
  CHECK(seen["content"] == "<b>one</b>");
  CHECK(seen["status"] == 2);
  CHECK(seen["readCnt"] == 1);

  CHECK(reader.post("/articles/pub/like", {{"id", id}, {"like", true}}).status == 200);
  CHECK(reader.post("/articles/like", {{"id", id}, {"like", true}}).status == 200);
  CHECK(reader.post("/articles/collect", {{"id", id}, {"cid", 1}}).status == 200);
  seen = reader.get("/articles/pub/" + std::to_string(id)).data();
  CHECK(seen["likeCnt"] == 1);
  CHECK(seen["liked"] == true);
  CHECK(seen["collected"] == true);
  CHECK(ranking_shows(reader, id, 1));

  author.post("/articles/edit", {{"id", id}, {"title", "Two"}, {"content", "two"}});
  CHECK(reader.get("/articles/pub/" + std::to_string(id)).data()["title"] == "One");
  CHECK(reader.post("/articles/withdraw", {{"id", id}}).error() == "not_author");
  CHECK(author.post("/articles/withdraw", {{"id", id}}).status == 200);
  CHECK(reader.get("/articles/pub/" + std::to_string(id)).status == 404);
  CHECK(ranking_shows(reader, id, 0));
  CHECK(author.post("/articles/delete", {{"id", id}}).status == 200);
  CHECK(author.get("/articles/detail/" + std::to_string(id)).status == 404);
}

TEST_CASE_FIXTURE(running_server, "lists and pages") {
  auto author = person("author");
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(author
                      .post("/articles/publish",
                            {{"title", "T" + std::to_string(i)}, {"content", "c"}})
                      .data()
                      .get<std::int64_t>());
  auto mine = author.post("/articles/list", {{"offset", 0}, {"limit", 3}}).data();
  REQUIRE(mine.size() == 3);
  CHECK(mine[0]["id"] == ids[4]);
  auto page = browser().get("/articles/pub?limit=2").data();
  REQUIRE(page["items"].size() == 2);
  CHECK(page["items"][0]["id"] == ids[4]);
  auto next = browser().get("/articles/pub?limit=10&after=" + page["next"].dump()).data();
  CHECK(next["items"].size() == 3);
  CHECK(next["items"][2]["id"] == ids[0]);
}

TEST_CASE_FIXTURE(running_server, "the ranking tells what it is and how old") {
  auto c = browser();
  auto board = c.get("/articles/rank/10").data();
  for (const char* field : {"items", "window", "asOf", "version", "epoch", "stale"})
    CHECK_MESSAGE(board.contains(field), field);
  CHECK(board["window"] == "all");
  // Stale until the whole store has been read, which is soon.
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (board["stale"] != false && std::chrono::steady_clock::now() < until)
    board = c.get("/articles/rank/10").data();
  CHECK(board["stale"] == false);
  CHECK(c.get("/articles/rank/10?window=day").status == 200);
  CHECK(c.get("/articles/rank/10?window=year").status == 400);
  CHECK(c.get("/articles/rank/0").status == 400);
  CHECK(c.get("/articles/rank/101").status == 400);
}

TEST_CASE_FIXTURE(running_server,
                  "the admin listener shows every actor and the metrics") {
  auto c = admin();
  auto actors = c.get("/admin/actors");
  REQUIRE(actors.status == 200);
  for (const char* name : {"accounts", "sessions", "verification", "code-cache",
                           "sms-failover", "store-writer", "ranking", "http-ingress"})
    CHECK_MESSAGE(actors.text.find('"' + std::string{name} + '"') != std::string::npos,
                  name);
  auto one = c.get("/admin/actors/ranking");
  CHECK(one.status == 200);
  CHECK(one.text.find("\"running\"") != std::string::npos);
  CHECK(c.get("/admin/actors/nobody").error() == "actor_not_found");
  CHECK(c.get("/metrics").text.find("# TYPE tinybook_") != std::string::npos);
  CHECK(c.get("/healthz").status == 200);
  CHECK(c.get("/readyz").status == 200);
  CHECK(browser().get("/healthz").status == 200);
}

} // namespace tinybook::test
