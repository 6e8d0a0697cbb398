#include "tests/actors/ranking/board_client.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
}

void board_rules_conformance(const make_board_store& make) {
  board_client client(make());
  const auto epoch = client.serve();
  const auto event_of = board_client::event_of;

  SUBCASE("most likes stand first, ties by the newest id, with all that is shown") {
    client.live(
        {event_of(1, 1, 5), event_of(2, 1, 7), event_of(30, 1, 5), event_of(4, 1, 1)});
    CHECK(client.ids() == ids{2, 30, 1, 4});
    CHECK(client.rows().at(0) == board_row{1, 2, "title 2", 1002, "author 2", 7, 70});
    CHECK(client.rows().at(3).rank == 4);
    CHECK(client.look().on_board == 4);
  }
  SUBCASE("texts come back as they were, whatever is in them") {
    auto event = event_of(1, 1, 1);
    event.title = "题目 \"'\\ %s {}";
    event.author_name = "";
    client.live(event);
    CHECK(client.rows().at(0).title == event.title);
    CHECK(client.rows().at(0).author_name.empty());
  }
  SUBCASE("the first 100 rows are shown, and what is behind them changes no version") {
    std::vector<article_event> many;
    for (std::int64_t id = 1; id <= 150; ++id)
      many.push_back(event_of(id, 1, 1000 - id));
    CHECK(client.live(many).applied == 150);
    CHECK(client.rows().size() == 100);
    CHECK(client.look().on_board == 150);
    const auto before = client.version();
    client.live(event_of(140, 2, 845));
    CHECK(client.version() == before);
    client.live(event_of(140, 3, 2000));
    CHECK(client.version() != before);
    CHECK(client.ids().at(0) == 140);
    SUBCASE("but a row that moves up from behind them is shown") {
      auto withdrawn = event_of(1, 2, 999);
      withdrawn.published = false;
      client.live(withdrawn);
      CHECK(client.rows().size() == 100);
      CHECK(client.ids().back() == 100);
    }
  }
  SUBCASE("an older version changes nothing, nor does the known one if it is live") {
    client.live(event_of(1, 5, 3));
    const auto before = client.version();
    CHECK(client.live(event_of(1, 4, 9)).ignored == 1);
    CHECK(client.live(event_of(1, 5, 9)).ignored == 1);
    CHECK(client.from_database(event_of(1, 4, 9), epoch).ignored == 1);
    CHECK(client.rows().at(0).like_cnt == 3);
    CHECK(client.version() == before);
  }
  SUBCASE(
      "a row of the database at the known version corrects the board, and is counted") {
    client.live(event_of(1, 5, 3));
    CHECK(client.from_database(event_of(1, 5, 3), epoch).mended == 0);
    const auto before = client.version();
    CHECK(client.from_database(event_of(1, 5, 4), epoch).mended == 1);
    CHECK(client.rows().at(0).like_cnt == 4);
    CHECK(client.version() != before);
    auto other = event_of(1, 5, 4);
    other.author_id = 7;
    CHECK(client.from_database(other, epoch).mended == 1);
    CHECK(client.rows().at(0).author_id == 7);
    other.published = false;
    CHECK(client.from_database(other, epoch).mended == 1);
    CHECK(client.ids().empty());
  }
  SUBCASE("a read count is taken over from the database and is no drift") {
    client.live(event_of(1, 5, 3));
    const auto before = client.version();
    auto read = event_of(1, 5, 3);
    read.read_cnt = 99;
    CHECK(client.from_database(read, epoch).mended == 0);
    CHECK(client.rows().at(0).read_cnt == 99);
    CHECK(client.version() != before);
    CHECK(client.from_database(event_of(1, 5, 3), epoch).mended == 0);
    CHECK(client.rows().at(0).read_cnt == 99);
  }
  SUBCASE("an article without likes is known but on no board") {
    CHECK(client.live(event_of(1, 1, 0)).applied == 1);
    CHECK(client.ids().empty());
    CHECK(client.look().known == 1);
    CHECK(client.ids_around(1, 3).empty());
  }
  SUBCASE("a withdrawn article leaves it, and an older like does not bring it back") {
    client.live(event_of(1, 1, 3));
    auto withdrawn = event_of(1, 3, 4);
    withdrawn.published = false;
    client.live(withdrawn);
    CHECK(client.ids().empty());
    CHECK(client.live(event_of(1, 2, 4)).ignored == 1);
    CHECK(client.ids().empty());
    client.live(event_of(1, 4, 4));
    CHECK(client.ids() == ids{1});
  }
  SUBCASE("a new title or name shows and is a new version of the board") {
    client.live(event_of(1, 1, 3));
    const auto before = client.version();
    auto renamed = event_of(1, 2, 3);
    renamed.title = "other";
    client.live(renamed);
    CHECK(client.rows().at(0).title == "other");
    CHECK(client.version() != before);
  }
  SUBCASE("only windows whose version differs come with their rows") {
    client.live(event_of(1, 1, 3));
    const auto seen = client.look();
    const auto again = client.look(seen.epoch, seen.versions);
    CHECK(again.versions == seen.versions);
    for (const auto& rows : again.rows)
      CHECK_FALSE(rows.has_value());
    auto versions = seen.versions;
    versions[0] = -1;
    CHECK(client.look(seen.epoch, versions).rows[0].has_value());
    CHECK_FALSE(client.look(seen.epoch, versions).rows[1].has_value());
    CHECK(client.look(seen.epoch + 1, seen.versions).rows[2].has_value());
  }
  SUBCASE("the neighbours of an article come in order and stop at the ends") {
    for (int id = 1; id <= 9; ++id)
      client.live(event_of(id, 1, 10 - id));
    CHECK(client.ids_around(5, 2) == ids{3, 4, 5, 6, 7});
    CHECK(client.ids_around(1, 2) == ids{1, 2, 3});
    CHECK(client.ids_around(9, 2) == ids{7, 8, 9});
    CHECK(client.ids_around(9, 0) == ids{9});
    CHECK(client.ids_around(77, 2).empty());
    const auto near = client.must(find_in_board{board_window::all, client.today, 5, 1});
    CHECK(near.rows.at(0).rank == 4);
    CHECK(near.rows.at(1) == board_row{5, 5, "title 5", 1005, "author 5", 5, 50});
    CHECK(near.epoch == epoch);
    CHECK(near.version == client.version());
  }
  SUBCASE("ids and counts are exact up to 2^53") {
    const auto big = (std::int64_t{1} << 53) - 1;
    client.live({event_of(big, big, 3), event_of(big - 1, 1, 3)});
    CHECK(client.ids() == ids{big, big - 1});
    CHECK(client.live(event_of(big, big - 1, 9)).ignored == 1);
  }
}

} // namespace tinybook::test
