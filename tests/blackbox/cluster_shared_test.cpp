#include "tests/blackbox/cluster_test.hpp"
#include "tests/blackbox/page_browser.hpp"

namespace tinybook::test {

TEST_CASE("a code that is asked for on one replica verifies on another") {
  auto& w = shared_cluster();
  auto phone = w.new_phone();
  REQUIRE(w.browser(0).send_code(phone).status == 200);
  auto code = w.code_for(phone);
  REQUIRE(!code.empty());
  CHECK(w.browser(1).log_in_by_code(phone, code).status == 200);
  CHECK(w.browser(0).log_in_by_code(phone, code).status != 200);
}

TEST_CASE("of 100 clients that verify one code on two replicas exactly one wins") {
  auto& w = shared_cluster();
  auto phone = w.new_phone();
  REQUIRE(w.browser(0).send_code(phone).status == 200);
  auto code = w.code_for(phone);
  std::atomic<int> won{0};
  std::atomic<int> wrong{0}; // Neither a success nor a proper refusal.
  at_once(100, [&](int i) {
    auto status =
        w.browser(static_cast<std::size_t>(i % 2)).log_in_by_code(phone, code).status;
    won += status == 200 ? 1 : 0;
    wrong += status != 200 && status != 401 && status != 429 && status != 503 ? 1 : 0;
  });
  CHECK(won == 1);
  CHECK(wrong == 0);
}

TEST_CASE("a double click reaches two replicas, and each answers as if it were the one") {
  auto& w = shared_cluster();
  const auto phone = w.new_phone();
  page_browser here{w.replica(0).port()};
  const auto form = here.send(here.get("/login/code"), "/login/code", {{"phone", phone}});
  const std::map<std::string, std::string> typed{{"code", w.code_for(phone)}};
  page_browser there{w.replica(1).port()};
  there.cookies = here.cookies;
  std::array<shown_page, 2> shown;
  at_once(2, [&](int i) {
    shown.at(static_cast<std::size_t>(i)) =
        (i == 0 ? here : there).send(form, "/login/code/enter", typed);
  });
  for (const auto& page : shown) {
    CHECK(page.path == "/");
    CHECK(page.has("action=\"/logout\""));
  }
  CHECK(w.sql("SELECT count(*) FROM session_families JOIN users ON users.id = user_id"
              " WHERE phone = '"
              + phone + "'")
            .starts_with("1"));
}

TEST_CASE("the cooldown of a phone holds on the other replica") {
  auto& w = shared_cluster();
  auto phone = w.new_phone();
  REQUIRE(w.browser(0).send_code(phone).status == 200);
  auto refused = w.browser(1).send_code(phone);
  CHECK(refused.status == 429);
  CHECK(!refused.header("Retry-After").empty());
}

TEST_CASE("a like on one replica shows on the ranking of every replica") {
  auto& w = shared_cluster();
  auto author = w.person("liked-author", 0);
  auto id = w.article_of(author, "Liked");
  auto reader = w.same_person(author, 1);
  REQUIRE(reader.post("/articles/like", {{"id", id}, {"like", true}}).status == 200);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK_MESSAGE(becomes(10s, [&] { return board_of(w, i).contains(id); }), i);
  REQUIRE(author.post("/articles/like", {{"id", id}, {"like", false}}).status == 200);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK_MESSAGE(becomes(10s, [&] { return !board_of(w, i).contains(id); }), i);
}

TEST_CASE("who logs out on one replica is refused by the other within a second") {
  auto& w = shared_cluster();
  auto here = w.person("leaver", 0);
  auto there = w.same_person(here, 1);
  REQUIRE(there.get("/users/profile").status == 200);
  REQUIRE(here.log_out().status == 200);
  auto begin = std::chrono::steady_clock::now();
  CHECK(becomes(5s, [&] { return there.get("/users/profile").status == 401; }));
  CHECK(std::chrono::steady_clock::now() - begin <= 1s);
}

TEST_CASE("a refresh on either replica gives the same successor, and reuse is found") {
  auto& w = shared_cluster();
  auto first = w.person("refresher", 0);
  const auto& shown = first.refresh();
  auto refresh = [&](std::size_t i, const std::string& token) {
    auto c = w.browser(i);
    c.use_tokens(token, token);
    return c.get("/users/refresh_token");
  };
  auto here = refresh(0, shown);
  auto there = refresh(1, shown);
  REQUIRE(here.status == 200);
  REQUIRE(there.status == 200);
  auto successor = here.header("X-Refresh-Token");
  CHECK(successor == there.header("X-Refresh-Token"));

  auto next = refresh(1, successor);
  REQUIRE(next.status == 200);
  next = refresh(0, next.header("X-Refresh-Token"));
  REQUIRE(next.status == 200);
  // Three generations old by now: whichever replica sees it, all of the family ends.
  CHECK(refresh(0, shown).error() == "token_reused");
  CHECK(refresh(1, next.header("X-Refresh-Token")).status == 401);
}

TEST_CASE("the first showing of an access token is noted, on whichever replica it is") {
  auto& w = shared_cluster();
  auto owner = w.person("shower", 0);
  const auto& lost = owner.refresh(); // Its answer never comes.
  auto retry = w.browser(0);
  retry.use_tokens(lost, lost);
  REQUIRE(retry.get("/users/refresh_token").status == 200);
  const auto noted = [&w] {
    return w.sql("SELECT count(*) FROM session_families f JOIN users u ON u.id = "
                 "f.user_id WHERE u.email LIKE 'shower%' AND generation = 2 AND "
                 "shown_at > 0");
  };
  CHECK(noted() == "0\n");
  const auto again = retry.get("/users/refresh_token");
  REQUIRE(again.status == 200);
  auto there = w.browser(1);
  there.use_tokens(again.header("X-Jwt-Token"), again.header("X-Refresh-Token"));
  CHECK(there.get("/users/profile").status == 200);
  CHECK(becomes(5s, [&] { return noted() == "1\n"; }));
}

TEST_CASE("a second replica with a local part is refused and told the key") {
  auto& w = shared_cluster();
  auto& third = w.launch(2, {"--set", "codes.cache=local"});
  CHECK(third.wait_output("codes.cache", 20s, true));
  CHECK_MESSAGE(third.wait_exit(20s).value_or(0) != 0, third.standard_error());
  w.kill(2);
}

} // namespace tinybook::test
