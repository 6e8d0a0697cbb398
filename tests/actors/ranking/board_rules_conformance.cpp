#include "tests/actors/ranking/board_desk.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
}

void board_rules_conformance(const make_board_store& make) {
  board_desk desk(make());
  const auto epoch = desk.serve();
  const auto event_of = board_desk::event_of;

  SUBCASE("most likes stand first, ties by the newest id, with all that is shown") {
    desk.live(
        {event_of(1, 1, 5), event_of(2, 1, 7), event_of(30, 1, 5), event_of(4, 1, 1)});
    CHECK(desk.ids() == ids{2, 30, 1, 4});
    CHECK(desk.rows().at(0) == board_row{1, 2, "title 2", 1002, "author 2", 7, 70});
    CHECK(desk.rows().at(3).rank == 4);
    CHECK(desk.look().on_board == 4);
  }
  SUBCASE("texts come back as they were, whatever is in them") {
    auto event = event_of(1, 1, 1);
    event.title = "题目 \"'\\ %s {}";
    event.author_name = "";
    desk.live(event);
    CHECK(desk.rows().at(0).title == event.title);
    CHECK(desk.rows().at(0).author_name.empty());
  }
  SUBCASE("the first 100 rows are shown, and what is behind them changes no version") {
    std::vector<article_event> many;
    for (std::int64_t id = 1; id <= 150; ++id)
      many.push_back(event_of(id, 1, 1000 - id));
    CHECK(desk.live(many).applied == 150);
    CHECK(desk.rows().size() == 100);
    CHECK(desk.look().on_board == 150);
    const auto before = desk.version();
    desk.live(event_of(140, 2, 845));
    CHECK(desk.version() == before);
    desk.live(event_of(140, 3, 2000));
    CHECK(desk.version() != before);
    CHECK(desk.ids().at(0) == 140);
    SUBCASE("but who moves up from behind them is shown") {
      auto withdrawn = event_of(1, 2, 999);
      withdrawn.published = false;
      desk.live(withdrawn);
      CHECK(desk.rows().size() == 100);
      CHECK(desk.ids().back() == 100);
    }
  }
  SUBCASE("an older version, and live the known one, changes nothing") {
    desk.live(event_of(1, 5, 3));
    const auto before = desk.version();
    CHECK(desk.live(event_of(1, 4, 9)).ignored == 1);
    CHECK(desk.live(event_of(1, 5, 9)).ignored == 1);
    CHECK(desk.from_database(event_of(1, 4, 9), epoch).ignored == 1);
    CHECK(desk.rows().at(0).like_cnt == 3);
    CHECK(desk.version() == before);
  }
  SUBCASE("what the database says at the known version mends the board, counted") {
    desk.live(event_of(1, 5, 3));
    CHECK(desk.from_database(event_of(1, 5, 3), epoch).mended == 0);
    const auto before = desk.version();
    CHECK(desk.from_database(event_of(1, 5, 4), epoch).mended == 1);
    CHECK(desk.rows().at(0).like_cnt == 4);
    CHECK(desk.version() != before);
    auto other = event_of(1, 5, 4);
    other.author_id = 7;
    CHECK(desk.from_database(other, epoch).mended == 1);
    CHECK(desk.rows().at(0).author_id == 7);
    other.published = false;
    CHECK(desk.from_database(other, epoch).mended == 1);
    CHECK(desk.ids().empty());
  }
  SUBCASE("a read count is taken over from the database and is no drift") {
    desk.live(event_of(1, 5, 3));
    const auto before = desk.version();
    auto read = event_of(1, 5, 3);
    read.read_cnt = 99;
    CHECK(desk.from_database(read, epoch).mended == 0);
    CHECK(desk.rows().at(0).read_cnt == 99);
    CHECK(desk.version() != before);
    CHECK(desk.from_database(event_of(1, 5, 3), epoch).mended == 0);
    CHECK(desk.rows().at(0).read_cnt == 99);
  }
  SUBCASE("an article without likes is known but on no board") {
    CHECK(desk.live(event_of(1, 1, 0)).applied == 1);
    CHECK(desk.ids().empty());
    CHECK(desk.look().known == 1);
    CHECK(desk.ids_around(1, 3).empty());
  }
  SUBCASE("a withdrawn one leaves it, and an older like does not bring it back") {
    desk.live(event_of(1, 1, 3));
    auto withdrawn = event_of(1, 3, 4);
    withdrawn.published = false;
    desk.live(withdrawn);
    CHECK(desk.ids().empty());
    CHECK(desk.live(event_of(1, 2, 4)).ignored == 1);
    CHECK(desk.ids().empty());
    desk.live(event_of(1, 4, 4));
    CHECK(desk.ids() == ids{1});
  }
  SUBCASE("a new title or name shows and is a new version of the board") {
    desk.live(event_of(1, 1, 3));
    const auto before = desk.version();
    auto renamed = event_of(1, 2, 3);
    renamed.title = "other";
    desk.live(renamed);
    CHECK(desk.rows().at(0).title == "other");
    CHECK(desk.version() != before);
  }
  SUBCASE("only windows whose version is another come with their rows") {
    desk.live(event_of(1, 1, 3));
    const auto seen = desk.look();
    const auto again = desk.look(seen.epoch, seen.versions);
    CHECK(again.versions == seen.versions);
    for (const auto& rows : again.rows)
      CHECK_FALSE(rows.has_value());
    auto versions = seen.versions;
    versions[0] = -1;
    CHECK(desk.look(seen.epoch, versions).rows[0].has_value());
    CHECK_FALSE(desk.look(seen.epoch, versions).rows[1].has_value());
    CHECK(desk.look(seen.epoch + 1, seen.versions).rows[2].has_value());
  }
  SUBCASE("the neighbours of an article come in order and stop at the ends") {
    for (int id = 1; id <= 9; ++id)
      desk.live(event_of(id, 1, 10 - id));
    CHECK(desk.ids_around(5, 2) == ids{3, 4, 5, 6, 7});
    CHECK(desk.ids_around(1, 2) == ids{1, 2, 3});
    CHECK(desk.ids_around(9, 2) == ids{7, 8, 9});
    CHECK(desk.ids_around(9, 0) == ids{9});
    CHECK(desk.ids_around(77, 2).empty());
    const auto near = desk.must(find_in_board{board_window::all, desk.today, 5, 1});
    CHECK(near.rows.at(0).rank == 4);
    CHECK(near.rows.at(1) == board_row{5, 5, "title 5", 1005, "author 5", 5, 50});
    CHECK(near.epoch == epoch);
    CHECK(near.version == desk.version());
  }
  SUBCASE("ids and counts are exact up to 2^53") {
    const auto big = (std::int64_t{1} << 53) - 1;
    desk.live({event_of(big, big, 3), event_of(big - 1, 1, 3)});
    CHECK(desk.ids() == ids{big, big - 1});
    CHECK(desk.live(event_of(big, big - 1, 9)).ignored == 1);
  }
}

} // namespace tinybook::test
