#include "tests/actors/ranking/board_desk.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
} // namespace

void board_windows_conformance(const make_board_store& make) {
  board_desk desk(make());
  const auto epoch = desk.serve();
  const auto today = desk.today;
  const auto event_of_day = board_desk::event_of_day;

  SUBCASE("a like counts on its day's board and on the week's") {
    desk.live({event_of_day(1, 1, 9, today, 2, 1), event_of_day(2, 1, 5, today, 4, 1),
               event_of_day(3, 1, 7, today - 1, 7, 1)});
    CHECK(desk.ids(board_window::day) == ids{2, 1});
    CHECK(desk.rows(board_window::day).at(0).like_cnt == 4);
    CHECK(desk.ids(board_window::week) == ids{3, 2, 1});
    CHECK(desk.ids() == ids{1, 3, 2});
  }
  SUBCASE("the week is today and the six days before it, summed") {
    desk.live({event_of_day(1, 1, 9, today - 6, 1, 1), event_of_day(1, 2, 9, today, 2, 1),
               event_of_day(1, 3, 9, today - 3, 4, 1)});
    CHECK(desk.rows(board_window::week).at(0).like_cnt == 7);
    desk.live(event_of_day(2, 1, 5, today - 7, 5, 1));
    CHECK(desk.ids(board_window::week) == ids{1});
  }
  SUBCASE("an unlike lowers the day of its like") {
    desk.live(
        {event_of_day(1, 1, 2, today - 1, 2, 1), event_of_day(1, 2, 3, today, 1, 1)});
    desk.live(event_of_day(1, 3, 2, today - 1, 1, 2));
    CHECK(desk.rows(board_window::week).at(0).like_cnt == 2);
    CHECK(desk.rows(board_window::day).at(0).like_cnt == 1);
    desk.live(event_of_day(1, 4, 1, today, 0, 2));
    CHECK(desk.ids(board_window::day).empty());
    CHECK(desk.rows(board_window::week).at(0).like_cnt == 1);
  }
  SUBCASE("a day has a version of its own: what overtook it does not hide it") {
    desk.live(event_of_day(1, 5, 2, today, 1, 1));
    CHECK(desk.live(event_of_day(1, 4, 2, today - 1, 1, 1)).applied == 1);
    CHECK(desk.rows(board_window::week).at(0).like_cnt == 2);
    CHECK(desk.live(event_of_day(1, 6, 2, today, 9, 1)).applied == 1);
    CHECK(desk.rows(board_window::day).at(0).like_cnt == 1);
    CHECK(desk.from_database(event_of_day(1, 6, 2, today, 3, 1), epoch).mended == 1);
    CHECK(desk.rows(board_window::day).at(0).like_cnt == 3);
  }
  SUBCASE("withdrawing takes it off every board, publishing again brings it back") {
    desk.live(
        {event_of_day(1, 1, 3, today, 2, 1), event_of_day(1, 2, 3, today - 2, 1, 1)});
    auto withdrawn = board_desk::event_of(1, 3, 3);
    withdrawn.published = false;
    desk.live(withdrawn);
    CHECK(desk.ids(board_window::day).empty());
    CHECK(desk.ids(board_window::week).empty());
    CHECK(desk.ids_around(1, 1, board_window::week).empty());
    SUBCASE("also with what was liked meanwhile") {
      desk.live(event_of_day(1, 4, 4, today, 3, 2));
    }
    SUBCASE("as it was") {
      desk.live(board_desk::event_of(1, 4, 4));
    }
    CHECK(desk.ids(board_window::day) == ids{1});
    CHECK(desk.rows(board_window::week).at(0).like_cnt
          == desk.rows(board_window::day).at(0).like_cnt + 1);
  }
  SUBCASE("a new title shows on all boards that show the article") {
    desk.live(event_of_day(1, 1, 3, today, 3, 1));
    const auto before = desk.look();
    auto renamed = board_desk::event_of(1, 2, 3);
    renamed.title = "other";
    desk.live(renamed);
    CHECK(desk.rows(board_window::day).at(0).title == "other");
    CHECK(desk.version(board_window::day) != before.versions[1]);
    CHECK(desk.version(board_window::week) != before.versions[2]);
  }
  SUBCASE("at midnight the day begins anew and the week moves on") {
    desk.live(
        {event_of_day(1, 1, 3, today, 3, 1), event_of_day(2, 1, 2, today - 6, 2, 1)});
    const auto before = desk.look();
    CHECK(desk.ids(board_window::week) == ids{1, 2});
    desk.today = today + 1;
    CHECK(desk.ids(board_window::day).empty());
    CHECK(desk.ids(board_window::week) == ids{1});
    CHECK(desk.ids() == ids{1, 2});
    // Whoever compares versions must see that both are other boards.
    const auto after = desk.look(before.epoch, before.versions);
    CHECK(after.rows[1].has_value());
    CHECK(after.rows[2].has_value());
    desk.live(event_of_day(1, 2, 4, today + 1, 1, 1));
    CHECK(desk.rows(board_window::day).at(0).like_cnt == 1);
    CHECK(desk.rows(board_window::week).at(0).like_cnt == 4);
  }
  SUBCASE("tomorrow's likes may come before tomorrow does here") {
    desk.live(event_of_day(1, 1, 3, today + 1, 3, 1));
    CHECK(desk.ids(board_window::day).empty());
    CHECK(desk.ids(board_window::week).empty());
    desk.today = today + 1;
    CHECK(desk.ids(board_window::day) == ids{1});
    CHECK(desk.ids(board_window::week) == ids{1});
  }
  SUBCASE("days that nobody looked at are passed over") {
    desk.live(
        {event_of_day(1, 1, 3, today, 3, 1), event_of_day(2, 1, 2, today - 2, 2, 1)});
    desk.today = today + 5;
    CHECK(desk.ids(board_window::day).empty());
    CHECK(desk.ids(board_window::week) == ids{1});
    desk.today = today + 30;
    CHECK(desk.ids(board_window::week).empty());
  }
  SUBCASE("who is late by a day changes nothing for the others") {
    desk.live(event_of_day(1, 1, 3, today, 3, 1));
    desk.today = today + 1;
    desk.live(event_of_day(2, 1, 5, today + 1, 5, 1));
    desk.today = today;
    desk.live(event_of_day(3, 1, 4, today, 4, 1));
    // Whichever of the two days it shows, it says so.
    const auto late = desk.look();
    CHECK(late.rows[1]->size() == (late.today == today ? 2 : 1));
    const auto near = desk.must(find_in_board{board_window::day, today, 2, 0});
    CHECK(near.rows.size() == (near.today == today ? 0 : 1));
    desk.today = today + 1;
    CHECK(desk.look().today == today + 1);
    CHECK(desk.ids(board_window::day) == ids{2});
    CHECK(desk.ids(board_window::week) == ids{2, 3, 1});
  }
}

} // namespace tinybook::test
