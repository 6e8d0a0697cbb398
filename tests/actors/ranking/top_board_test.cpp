#include "actors/ranking/top_board.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

article_event event_of(std::int64_t id, std::int64_t ver, std::int64_t cnt) {
  article_event event;
  event.biz = "article";
  event.id = id;
  event.ver = ver;
  event.cnt = cnt;
  event.published = true;
  event.title = "title " + std::to_string(id);
  event.author_id = 1000 + id;
  event.author_name = "author " + std::to_string(id);
  event.read_cnt = 10 * cnt;
  return event;
}

std::vector<std::int64_t> ids_of(const std::vector<board_row>& rows) {
  std::vector<std::int64_t> ids;
  for (const auto& row : rows)
    ids.push_back(row.id);
  return ids;
}

using ids = std::vector<std::int64_t>;

} // namespace

TEST_CASE(
    "most likes stand first, ties by the newest id, with all that is shown of a row") {
  top_board board;
  for (auto [id, cnt] : {std::pair{1, 5}, {2, 7}, {3, 5}, {4, 1}})
    CHECK(board.apply(event_of(id, 1, cnt)) == apply_outcome::applied);
  CHECK(ids_of(board.top(100)) == ids{2, 3, 1, 4});
  CHECK(board.top(1).at(0) == board_row{1, 2, "title 2", 1002, "author 2", 7, 70});
  CHECK(board.top(3).at(2).rank == 3);
}

TEST_CASE("the board gives 1 to 100 rows") {
  top_board board;
  for (int id = 1; id <= 150; ++id)
    board.apply(event_of(id, 1, id));
  CHECK(board.top(0).size() == 1);
  CHECK(board.top(100).size() == 100);
  CHECK(board.top(1000).size() == 100);
  CHECK(board.size() == 150);
}

TEST_CASE("an older version, and live the known one, changes nothing") {
  top_board board;
  board.apply(event_of(1, 5, 3));
  auto version = board.version();
  CHECK(board.apply(event_of(1, 4, 9)) == apply_outcome::stale);
  CHECK(board.apply(event_of(1, 4, 9), apply_source::database) == apply_outcome::stale);
  CHECK(board.apply(event_of(1, 5, 9)) == apply_outcome::stale);
  CHECK(board.top(1).at(0).like_cnt == 3);
  CHECK(board.version() == version);
}

TEST_CASE("what the database says at the known version mends the board and is counted") {
  top_board board;
  board.apply(event_of(1, 5, 3));
  CHECK(board.apply(event_of(1, 5, 3), apply_source::database) == apply_outcome::same);
  auto version = board.version();
  CHECK(board.apply(event_of(1, 5, 4), apply_source::database) == apply_outcome::mended);
  CHECK(board.top(1).at(0).like_cnt == 4);
  CHECK(board.version() != version);
  auto withdrawn = event_of(1, 5, 4);
  withdrawn.published = false;
  CHECK(board.apply(withdrawn, apply_source::database) == apply_outcome::mended);
  CHECK(board.size() == 0);
}

TEST_CASE("an author who differs is drift too") {
  top_board board;
  board.apply(event_of(1, 5, 3));
  auto other = event_of(1, 5, 3);
  other.author_id = 7;
  CHECK(board.apply(other, apply_source::database) == apply_outcome::mended);
  CHECK(board.top(1).at(0).author_id == 7);
}

TEST_CASE("a read count is taken over from the database and is no drift") {
  top_board board;
  board.apply(event_of(1, 5, 3));
  auto version = board.version();
  auto read = event_of(1, 5, 3);
  read.read_cnt = 99;
  CHECK(board.apply(read, apply_source::database) == apply_outcome::same);
  CHECK(board.top(1).at(0).read_cnt == 99);
  CHECK(board.version() != version);
  CHECK(board.apply(event_of(1, 5, 3), apply_source::database) == apply_outcome::same);
  CHECK(board.top(1).at(0).read_cnt == 99);
}

TEST_CASE("an article without likes is not on the board") {
  top_board board;
  CHECK(board.apply(event_of(1, 1, 0)) == apply_outcome::applied);
  CHECK(board.size() == 0);
  CHECK(board.known() == 1);
  CHECK_FALSE(board.rank_of(1));
  CHECK(board.around(1, 3).empty());
  CHECK(board.version() == 0);
}

TEST_CASE(
    "a withdrawn article leaves the board, and an older like does not bring it back") {
  top_board board;
  board.apply(event_of(1, 1, 3));
  auto withdrawn = event_of(1, 3, 4);
  withdrawn.published = false;
  CHECK(board.apply(withdrawn) == apply_outcome::applied);
  CHECK(board.size() == 0);
  CHECK(board.apply(event_of(1, 2, 4)) == apply_outcome::stale);
  CHECK(board.known_version(1) == 3);
  board.apply(event_of(1, 4, 4));
  CHECK(board.rank_of(1) == 1);
}

TEST_CASE("a new title shows and is a new version of the board") {
  top_board board;
  board.apply(event_of(1, 1, 3));
  auto version = board.version();
  auto renamed = event_of(1, 2, 3);
  renamed.title = "";
  board.apply(renamed);
  CHECK(board.top(1).at(0).title.empty());
  CHECK(board.top(1).at(0).author_name == "author 1");
  CHECK(board.version() != version);
}

TEST_CASE("the neighbours of an article come in order and stop at the ends") {
  top_board board;
  for (int id = 1; id <= 9; ++id)
    board.apply(event_of(id, 1, 10 - id));
  CHECK(ids_of(board.around(5, 2)) == ids{3, 4, 5, 6, 7});
  CHECK(ids_of(board.around(1, 2)) == ids{1, 2, 3});
  CHECK(ids_of(board.around(9, 2)) == ids{7, 8, 9});
  CHECK(ids_of(board.around(9, 0)) == ids{9});
  CHECK(board.around(5, 2).at(0).rank == 3);
  CHECK(board.around(77, 2).empty());
}

TEST_CASE("a snapshot keeps what it showed") {
  top_board board(4, board_window::all);
  board.apply(event_of(1, 1, 3));
  wall_time as_of{std::chrono::seconds{1'700'000'000}};
  auto snapshot = board.snapshot(as_of);
  board.apply(event_of(2, 1, 9));
  CHECK(ids_of(snapshot->rows) == ids{1});
  CHECK(snapshot->epoch == 4);
  CHECK(snapshot->as_of == as_of);
  CHECK(snapshot->window == board_window::all);
  CHECK(snapshot->version != board.version());
}

} // namespace tinybook
