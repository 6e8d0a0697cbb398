#include "http/live/rendered_board.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <rapidcheck.h>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;
constexpr wall_time board_time{std::chrono::milliseconds{1'700'000'000'123}};

served_board board_of(std::vector<board_row> rows, bool stale = false) {
  auto board = std::make_shared<board_snapshot>();
  board->epoch = 3;
  board->version = 17;
  board->as_of = board_time;
  board->rows = std::move(rows);
  return {board, stale};
}

nlohmann::json shown(const rendered_board& board, std::size_t n,
                     wall_time now = board_time) {
  std::string out;
  board.append(out, n, now, 10s);
  return nlohmann::json::parse(out);
}

} // namespace

TEST_CASE("the first n rows are shown with all their fields, whatever the titles hold") {
  CHECK(rc::check("as the rows", [](const std::vector<std::string>& titles) {
    std::vector<board_row> rows;
    for (const auto& title : titles)
      rows.push_back(
          {static_cast<std::int64_t>(rows.size()) + 1, 7, title, 9, "Ann", 5, 2});
    rendered_board board(board_of(rows));
    auto n = *rc::gen::inRange<std::size_t>(0, 120);
    auto items = shown(board, n)["items"];
    RC_ASSERT(items.size() == std::min(n, rows.size()));
    for (std::size_t i = 0; i < items.size(); ++i)
      RC_ASSERT(items[i]["rank"] == i + 1);
  }));
  auto item =
      shown(rendered_board(board_of({{1, 7, "题\"", 9, "Ann", 5, 2}})), 1)["items"][0];
  CHECK(item
        == nlohmann::json{{"rank", 1},
                          {"id", 7},
                          {"title", "题\""},
                          {"authorId", 9},
                          {"authorName", "Ann"},
                          {"likeCnt", 5},
                          {"readCnt", 2}});
}

TEST_CASE("the answer names window, moment, version, epoch and staleness") {
  auto data = shown(rendered_board(board_of({})), 10);
  CHECK(data["items"].empty());
  CHECK(data["window"] == "all");
  CHECK(data["asOf"] == "2023-11-14T22:13:20.123Z");
  CHECK(data["version"] == 17);
  CHECK(data["epoch"] == 3);
  CHECK(data["stale"] == false);
}

TEST_CASE("a board is stale when it was pushed so or has grown too old") {
  rendered_board fresh(board_of({}));
  CHECK(shown(fresh, 1, board_time + 10s)["stale"] == false);
  CHECK(shown(fresh, 1, board_time + 10001ms)["stale"] == true);
  CHECK(shown(rendered_board(board_of({}, true)), 1)["stale"] == true);
}

} // namespace tinybook::http
