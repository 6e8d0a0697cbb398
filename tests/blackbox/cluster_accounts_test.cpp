#include "tests/blackbox/cluster_test.hpp"

/// Accounts on several replicas: what one does, the other does not undo or miss.
namespace tinybook::test {

using nlohmann::json;

TEST_CASE("a session that is ended on one replica is refused by the other") {
  auto& w = shared_cluster();
  auto here = w.person("session-ender", 0);
  auto there = w.browser(1);
  REQUIRE(there.log_in("session-ender@example.org", "correct horse").status == 200);
  json other;
  const auto all = here.get("/users/sessions").data();
  for (const auto& one : all)
    if (!one["current"].get<bool>())
      other = one["id"];
  REQUIRE(here.post("/users/sessions/end", {{"id", other}}).status == 200);
  CHECK(becomes(1s, [&] { return there.get("/users/profile").status == 401; }));
  CHECK(there.get("/users/profile").error() == "token_revoked");

  auto third = w.browser(1);
  REQUIRE(third.log_in("session-ender@example.org", "correct horse").status == 200);
  REQUIRE(here.post("/users/sessions/end_others", json::object()).status == 200);
  CHECK(becomes(1s, [&] { return third.get("/users/profile").status == 401; }));
  CHECK(here.get("/users/profile").status == 200);
}

TEST_CASE("an export on one replica and a deletion on the other agree") {
  auto& w = shared_cluster();
  auto here = w.person("two-sided", 0);
  auto there = w.same_person(here, 1);
  const auto id = w.article_of(here, "Two-sided");
  auto reader = w.person("two-sided-reader", 1);
  REQUIRE(reader.post("/articles/like", {{"id", id}, {"like", true}}).status == 200);
  CHECK(becomes(10s, [&] { return board_of(w, 0).contains(id); }));
  const auto all = here.post("/users/export", json::object()).body;
  CHECK(all["articles"].size() == 1);
  REQUIRE(there.post("/users/delete", json::object()).status == 200);
  CHECK(becomes(1s, [&] { return here.get("/users/profile").status == 401; }));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(w.browser(i).get("/articles/pub/" + std::to_string(id)).status == 404);
    CHECK_MESSAGE(becomes(10s, [&] { return !board_of(w, i).contains(id); }), i);
  }
  // The log-in that takes it back is on the replica that has not heard of it.
  auto again = w.browser(0);
  REQUIRE(again.log_in("two-sided@example.org", "correct horse").status == 200);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK_MESSAGE(becomes(10s, [&] { return board_of(w, i)[id] == 1; }), i);
}

TEST_CASE("an account whose grace is over is erased by whichever replica, and once") {
  auto& w = shared_cluster();
  auto here = w.person("erased", 0);
  const auto id = w.article_of(here, "Erased");
  const auto theirs = [&] {
    auto author = w.person("erased-friend", 1);
    return w.article_of(author, "Liked by the erased");
  }();
  REQUIRE(here.post("/articles/like", {{"id", theirs}, {"like", true}}).status == 200);
  REQUIRE(here.post("/users/delete", json::object()).status == 200);
  const auto ann = w.sql("SELECT id FROM users WHERE email = 'erased@example.org'");
  // A week has gone by.
  (void)w.sql("UPDATE users SET leaves_at = 1 WHERE email = 'erased@example.org'");
  w.kill(0);
  w.kill(1);
  w.start(0);
  w.start(1);
  REQUIRE(w.ready());
  CHECK(becomes(20s, [&] {
    return w.sql("SELECT count(*) FROM erased_users WHERE id = " + ann).starts_with('1');
  }));
  CHECK(w.sql("SELECT count(*) FROM users WHERE id = " + ann).starts_with('0'));
  CHECK(w.sql("SELECT count(*) FROM audit_events WHERE kind = 'account_erased' AND "
              "user_id = "
              + ann)
            .starts_with('1'));
  CHECK(w.sql("SELECT like_cnt FROM article_stats WHERE article_id = "
              + std::to_string(theirs))
            .starts_with('0'));
  CHECK(w.browser(1).get("/articles/pub/" + std::to_string(id)).status == 404);
  CHECK(becomes(10s, [&] { return !board_of(w, 1).contains(theirs); }));
}

} // namespace tinybook::test
