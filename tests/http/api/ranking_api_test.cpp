#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace tinybook::http {

using test::api_world;
using test::json_of;
using test::sample_board;

namespace {

/// Waits until a pushed board is served.
httplib::Result served(api_world& w, const std::string& path,
                       const httplib::Headers& headers = {}) {
  auto c = w.client();
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  auto r = c.Get(path, headers);
  while (r && r->status == 503 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    r = c.Get(path, headers);
  }
  return r;
}

} // namespace

TEST_CASE("before the first board the ranking is starting") {
  api_world w;
  auto r = w.client().Get("/articles/rank/10");
  CHECK(r->status == 503);
  CHECK(r->get_header_value("Retry-After") == "1");
  CHECK(json_of(r)["error"] == "starting");
}

TEST_CASE("a pushed board is served without asking anyone") {
  api_world w;
  w.actors.silent = w.store.silent = true;
  w.push(sample_board(w.now, 100));
  auto r = served(w, "/articles/rank/10");
  REQUIRE(r);
  CHECK(r->status == 200);
  auto body = json_of(r);
  CHECK(body["code"] == 0);
  CHECK(body["data"]["items"].size() == 10);
  CHECK(body["data"]["items"][2]["rank"] == 3);
  CHECK(body["data"]["version"] == 5);
  CHECK(body["data"]["stale"] == false);
  CHECK(json_of(served(w, "/articles/rank/100?window=all"))["data"]["items"].size()
        == 100);
}

TEST_CASE("a board that has grown old is marked stale when it is read") {
  api_world w;
  w.push(sample_board(w.now - std::chrono::seconds{11}, 1));
  CHECK(json_of(served(w, "/articles/rank/1"))["data"]["stale"] == true);
}

TEST_CASE("how many and which window are checked") {
  api_world w;
  w.push(sample_board(w.now, 1));
  for (const auto* n : {"0", "101", "-1", "abc", "1.5", "99999999999999999999", "%00"})
    CHECK_MESSAGE(served(w, "/articles/rank/" + std::string{n})->status == 400, n);
  auto year = served(w, "/articles/rank/10?window=year");
  CHECK(json_of(year)["fields"][0]["rule"] == "not_one_of");
}

TEST_CASE("each window is served from its own board and names its day") {
  api_world w;
  w.push(sample_board(w.now, 3));
  auto week = std::make_shared<board_snapshot>(*sample_board(w.now, 2).board);
  week->window = board_window::week;
  week->day = 20'000;
  week->utc_offset = std::chrono::hours{8};
  w.push({week, false});
  auto data = json_of(served(w, "/articles/rank/10?window=week"))["data"];
  CHECK(data["items"].size() == 2);
  CHECK(data["window"] == "week");
  CHECK(data["day"] == "2024-10-04");
  CHECK(data["utcOffset"] == "+08:00");
  CHECK(served(w, "/articles/rank/10?window=day")->status == 503);
  auto all = json_of(served(w, "/articles/rank/10"))["data"];
  CHECK(all["items"].size() == 3);
  CHECK_FALSE(all.contains("day"));
}

TEST_CASE("the rank of one article comes with its neighbours from the ranking") {
  api_world w;
  auto r = w.client().Get("/articles/rank/of/20?window=week&neighbours=2");
  REQUIRE(r);
  CHECK(r->status == 200);
  auto data = json_of(r)["data"];
  CHECK(data["items"].size() == 3);
  CHECK(data["stale"] == false);
  const auto asked = w.actors.last<find_rank>();
  REQUIRE(asked);
  CHECK(asked->id == 20);
  CHECK(asked->window == board_window::week);
  CHECK(asked->each_side == 2);
  CHECK(w.client().Get("/articles/rank/of/20")->status == 200);
  CHECK(w.actors.last<find_rank>()->each_side == 5);
  for (const auto* path :
       {"/articles/rank/of/0", "/articles/rank/of/x", "/articles/rank/of/1?window=year",
        "/articles/rank/of/1?neighbours=51", "/articles/rank/of/1?neighbours=-1"})
    CHECK_MESSAGE(w.client().Get(path)->status == 400, path);
}

TEST_CASE("reading may ask for a log-in") {
  api_world w([](auto& s) { s.http.require_login_to_read = true; });
  w.push(sample_board(w.now, 1));
  CHECK(served(w, "/articles/rank/1")->status == 401);
  CHECK(served(w, "/articles/pub/1")->status == 401);
  CHECK(served(w, "/articles/pub")->status == 401);
  CHECK(served(w, "/articles/rank/1", w.bearer("null"))->status == 401);
  CHECK(served(w, "/articles/rank/1", w.bearer(w.access_token()))->status == 200);
}

TEST_CASE("with every actor silent and their places taken the ranking answers") {
  api_world w([](auto& s) {
    s.http.max_in_flight_per_actor = 8;
    s.http.deadline = std::chrono::milliseconds{1500};
  });
  w.push(sample_board(w.now, 10));
  (void)served(w, "/articles/rank/1");
  w.actors.silent = w.store.silent = true;
  std::vector<std::thread> stuck;
  std::atomic<int> timed_out{0};
  std::atomic<int> refused{0};
  for (int i = 0; i < 16; ++i)
    stuck.emplace_back([&] {
      auto r = w.client().Get("/articles/pub/1");
      if (r && r->status == 504)
        ++timed_out;
      if (r && r->status == 503 && r->has_header("Retry-After"))
        ++refused;
    });
  auto c = w.client();
  for (int i = 0; i < 200; ++i)
    CHECK(c.Get("/articles/rank/10")->status == 200);
  for (auto& t : stuck)
    t.join();
  CHECK(timed_out == 8);
  CHECK(refused == 8);
}

TEST_CASE(
    "one address has only so many answers owed to it; what asks nobody is answered") {
  api_world w([](auto& s) {
    s.http.max_in_flight_per_address = 4;
    s.http.deadline = std::chrono::milliseconds{1500};
  });
  w.push(sample_board(w.now, 10));
  w.actors.silent = w.store.silent = true;
  std::atomic<int> timed_out{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> stuck;
  for (int i = 0; i < 8; ++i)
    stuck.emplace_back([&] {
      const auto r = w.client().Get("/articles/pub/1");
      if (r && r->status == 504)
        ++timed_out;
      if (r && r->status == 429 && r->has_header("Retry-After"))
        ++refused;
    });
  for (auto& t : stuck)
    t.join();
  CHECK(timed_out == 4);
  CHECK(refused == 4);
  CHECK(w.client().Get("/articles/rank/10")->status == 200);
  // Nobody waits for the answers any more, but they are owed still.
  const auto owed = w.client().Get("/articles/pub/1");
  CHECK(owed->status == 429);
  CHECK(owed->get_header_value("Retry-After") == "1");
  CHECK(w.log_text().find("http.max_in_flight_per_address") != std::string::npos);
}

} // namespace tinybook::http
