#include "tests/actors/ranking/board_client.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
} // namespace

void board_windows_conformance(const make_board_store& make) {
  board_client client(make());
  const auto epoch = client.serve();
  const auto today = client.today;
  const auto event_of_day = board_client::event_of_day;

  SUBCASE("a like counts on its day's board and on the week's") {
    client.live({event_of_day(1, 1, 9, today, 2, 1), event_of_day(2, 1, 5, today, 4, 1),
                 event_of_day(3, 1, 7, today - 1, 7, 1)});
    CHECK(client.ids(board_window::day) == ids{2, 1});
    CHECK(client.rows(board_window::day).at(0).like_cnt == 4);
    CHECK(client.ids(board_window::week) == ids{3, 2, 1});
    CHECK(client.ids() == ids{1, 3, 2});
  }
  SUBCASE("the week is today and the six days before it, summed") {
    client.live({event_of_day(1, 1, 9, today - 6, 1, 1),
                 event_of_day(1, 2, 9, today, 2, 1),
                 event_of_day(1, 3, 9, today - 3, 4, 1)});
    CHECK(client.rows(board_window::week).at(0).like_cnt == 7);
    client.live(event_of_day(2, 1, 5, today - 7, 5, 1));
    CHECK(client.ids(board_window::week) == ids{1});
  }
  SUBCASE("an unlike lowers the day of its like") {
    client.live(
        {event_of_day(1, 1, 2, today - 1, 2, 1), event_of_day(1, 2, 3, today, 1, 1)});
    client.live(event_of_day(1, 3, 2, today - 1, 1, 2));
    CHECK(client.rows(board_window::week).at(0).like_cnt == 2);
    CHECK(client.rows(board_window::day).at(0).like_cnt == 1);
    client.live(event_of_day(1, 4, 1, today, 0, 2));
    CHECK(client.ids(board_window::day).empty());
    CHECK(client.rows(board_window::week).at(0).like_cnt == 1);
  }
  SUBCASE("a day has its own version: a newer one of the article does not hide it") {
    client.live(event_of_day(1, 5, 2, today, 1, 1));
    CHECK(client.live(event_of_day(1, 4, 2, today - 1, 1, 1)).applied == 1);
    CHECK(client.rows(board_window::week).at(0).like_cnt == 2);
    CHECK(client.live(event_of_day(1, 6, 2, today, 9, 1)).applied == 1);
    CHECK(client.rows(board_window::day).at(0).like_cnt == 1);
    CHECK(client.from_database(event_of_day(1, 6, 2, today, 3, 1), epoch).mended == 1);
    CHECK(client.rows(board_window::day).at(0).like_cnt == 3);
  }
  SUBCASE("withdrawing takes it off every board, publishing again brings it back") {
    client.live(
        {event_of_day(1, 1, 3, today, 2, 1), event_of_day(1, 2, 3, today - 2, 1, 1)});
    auto withdrawn = board_client::event_of(1, 3, 3);
    withdrawn.published = false;
    client.live(withdrawn);
    CHECK(client.ids(board_window::day).empty());
    CHECK(client.ids(board_window::week).empty());
    CHECK(client.ids_around(1, 1, board_window::week).empty());
    SUBCASE("also with what was liked meanwhile") {
      client.live(event_of_day(1, 4, 4, today, 3, 2));
    }
    SUBCASE("as it was") {
      client.live(board_client::event_of(1, 4, 4));
    }
    CHECK(client.ids(board_window::day) == ids{1});
    CHECK(client.rows(board_window::week).at(0).like_cnt
          == client.rows(board_window::day).at(0).like_cnt + 1);
  }
  SUBCASE("a new title shows on all boards that show the article") {
    client.live(event_of_day(1, 1, 3, today, 3, 1));
    const auto before = client.look();
    auto renamed = board_client::event_of(1, 2, 3);
    renamed.title = "other";
    client.live(renamed);
    CHECK(client.rows(board_window::day).at(0).title == "other");
    CHECK(client.version(board_window::day) != before.versions[1]);
    CHECK(client.version(board_window::week) != before.versions[2]);
  }
  SUBCASE("at midnight the day starts empty and the week moves on") {
    client.live(
        {event_of_day(1, 1, 3, today, 3, 1), event_of_day(2, 1, 2, today - 6, 2, 1)});
    const auto before = client.look();
    CHECK(client.ids(board_window::week) == ids{1, 2});
    client.today = today + 1;
    CHECK(client.ids(board_window::day).empty());
    CHECK(client.ids(board_window::week) == ids{1});
    CHECK(client.ids() == ids{1, 2});
    // A comparison of versions must show that both boards are other ones.
    const auto after = client.look(before.epoch, before.versions);
    CHECK(after.rows[1].has_value());
    CHECK(after.rows[2].has_value());
    client.live(event_of_day(1, 2, 4, today + 1, 1, 1));
    CHECK(client.rows(board_window::day).at(0).like_cnt == 1);
    CHECK(client.rows(board_window::week).at(0).like_cnt == 4);
  }
  SUBCASE("tomorrow's likes may come before the store's midnight") {
    client.live(event_of_day(1, 1, 3, today + 1, 3, 1));
    CHECK(client.ids(board_window::day).empty());
    CHECK(client.ids(board_window::week).empty());
    client.today = today + 1;
    CHECK(client.ids(board_window::day) == ids{1});
    CHECK(client.ids(board_window::week) == ids{1});
  }
  SUBCASE("days on which nobody looked at the boards are skipped") {
    client.live(
        {event_of_day(1, 1, 3, today, 3, 1), event_of_day(2, 1, 2, today - 2, 2, 1)});
    client.today = today + 5;
    CHECK(client.ids(board_window::day).empty());
    CHECK(client.ids(board_window::week) == ids{1});
    client.today = today + 30;
    CHECK(client.ids(board_window::week).empty());
  }
  SUBCASE("a replica that is a day late changes nothing for the others") {
    client.live(event_of_day(1, 1, 3, today, 3, 1));
    client.today = today + 1;
    client.live(event_of_day(2, 1, 5, today + 1, 5, 1));
    client.today = today;
    client.live(event_of_day(3, 1, 4, today, 4, 1));
    // It may show either day, and says which.
    const auto late = client.look();
    CHECK(late.rows[1]->size() == (late.today == today ? 2 : 1));
    const auto near = client.must(find_in_board{board_window::day, today, 2, 0});
    CHECK(near.rows.size() == (near.today == today ? 0 : 1));
    client.today = today + 1;
    CHECK(client.look().today == today + 1);
    CHECK(client.ids(board_window::day) == ids{2});
    CHECK(client.ids(board_window::week) == ids{2, 3, 1});
  }
}

} // namespace tinybook::test
