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
  w.actors.silent = true;
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
  auto week = served(w, "/articles/rank/10?window=week");
  CHECK(week->status == 400);
  CHECK(json_of(week)["fields"][0]["rule"] == "not_supported");
  auto year = served(w, "/articles/rank/10?window=year");
  CHECK(json_of(year)["fields"][0]["rule"] == "not_one_of");
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

TEST_CASE("with every actor silent and the waiting lane full the ranking answers") {
  api_world w([](auto& s) {
    s.http.max_in_flight_per_actor = 8;
    s.http.deadline = std::chrono::milliseconds{1500};
  });
  w.push(sample_board(w.now, 10));
  (void)served(w, "/articles/rank/1");
  w.actors.silent = true;
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

} // namespace tinybook::http
