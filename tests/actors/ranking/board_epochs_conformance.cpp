#include "tests/actors/ranking/board_desk.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
using std::chrono::milliseconds;
using std::chrono::seconds;
} // namespace

void board_epochs_conformance(const make_board_store& make) {
  board_desk desk(make());
  const auto event_of = board_desk::event_of;

  SUBCASE("an empty store serves nothing and keeps no live event") {
    CHECK(desk.look().epoch == 0);
    desk.live(event_of(1, 1, 3));
    CHECK(desk.must(find_in_board{board_window::all, desk.today, 1, 1}).epoch == 0);
    desk.serve();
    CHECK(desk.ids().empty());
  }
  SUBCASE("one replica fills the first epoch, and it is served when it is whole") {
    const auto epoch = desk.begin(walk_reason::cold);
    CHECK(epoch > 0);
    CHECK(desk.begin(walk_reason::cold, "r2") == 0);
    CHECK(desk.begin(walk_reason::cold) == epoch);
    CHECK(desk.look().building == epoch);
    CHECK(desk.look().epoch == 0);
    desk.from_database(event_of(1, 4, 3), epoch);
    desk.live({event_of(1, 3, 2), event_of(2, 2, 5)});
    CHECK(desk.error_of(finish_walk{"r2", epoch, board_desk::start})
          == errc::wrong_state);
    desk.must(finish_walk{"r1", epoch, board_desk::start + seconds{7}});
    const auto seen = desk.look();
    CHECK(seen.epoch == epoch);
    CHECK(seen.building == 0);
    CHECK(seen.as_of == board_desk::start + seconds{7});
    CHECK(desk.ids() == ids{2, 1});
    CHECK(desk.rows().at(1).like_cnt == 3);
    CHECK(desk.begin(walk_reason::cold) == 0);
    CHECK(desk.error_of(finish_walk{"r1", epoch + 1, board_desk::start})
          == errc::wrong_state);
  }
  SUBCASE("a fill whose replica is gone is taken over") {
    desk.lease = milliseconds{50};
    const auto epoch = desk.begin(walk_reason::cold);
    desk.lease = seconds{30};
    desk.store().pass(milliseconds{60});
    CHECK(desk.begin(walk_reason::cold, "r2") == epoch);
    CHECK(desk.error_of(finish_walk{"r1", epoch, board_desk::start})
          == errc::wrong_state);
    desk.must(finish_walk{"r2", epoch, board_desk::start});
    CHECK(desk.look().epoch == epoch);
  }
  SUBCASE("rows of the database go to the epoch that they name, or nowhere") {
    const auto epoch = desk.serve();
    CHECK(desk.error_of(apply_to_boards{
              {event_of(1, 1, 1)}, {}, apply_source::database, epoch + 1, desk.today})
          == errc::wrong_state);
    CHECK(desk.ids().empty());
  }
  SUBCASE("a rebuild fills a new epoch beside the served one") {
    const auto first = desk.serve();
    desk.live({event_of(1, 9, 5), event_of(2, 9, 4)});
    const auto second = desk.begin(walk_reason::rebuild);
    CHECK(second > first);
    CHECK(desk.begin(walk_reason::rebuild, "r2") == 0);
    CHECK(desk.begin(walk_reason::cold) == second);
    CHECK(desk.ids() == ids{1, 2});
    // A restored database has lower versions.
    desk.from_database(event_of(1, 3, 1), second);
    desk.live(event_of(3, 1, 2));
    CHECK(desk.ids() == ids{1, 2, 3});
    CHECK(desk.rows().at(0).like_cnt == 5);
    desk.must(finish_walk{"r1", second, board_desk::start + seconds{9}});
    const auto seen = desk.look();
    CHECK(seen.epoch == second);
    CHECK(desk.ids() == ids{3, 1});
    CHECK(desk.rows().at(1).like_cnt == 1);
    CHECK(
        desk.error_of(apply_to_boards{{}, {}, apply_source::database, first, desk.today})
        == errc::wrong_state);
  }
  SUBCASE("one replica audits the served epoch, also while another fills the next") {
    CHECK(desk.begin(walk_reason::audit) == 0);
    const auto epoch = desk.serve();
    CHECK(desk.begin(walk_reason::audit, "r2") == epoch);
    CHECK(desk.begin(walk_reason::audit) == 0);
    const auto next = desk.begin(walk_reason::rebuild);
    CHECK(next > epoch);
    CHECK(desk.begin(walk_reason::audit, "r2") == epoch);
    desk.must(finish_walk{"r2", epoch, board_desk::start + seconds{3}});
    CHECK(desk.look().as_of == board_desk::start + seconds{3});
    desk.must(finish_walk{"r1", next, board_desk::start + seconds{4}});
    CHECK(desk.error_of(finish_walk{"r2", epoch, board_desk::start})
          == errc::wrong_state);
  }
  SUBCASE("a board is as old as its oldest partition, and no older than its rows") {
    const auto epoch = desk.serve();
    desk.mark({0, 2, board_desk::start + seconds{10}});
    CHECK(desk.look().as_of == board_desk::start);
    desk.mark({1, 2, board_desk::start + seconds{8}});
    CHECK(desk.look().as_of == board_desk::start + seconds{8});
    desk.mark({1, 2, board_desk::start + seconds{2}});
    CHECK(desk.look().as_of == board_desk::start + seconds{8});
    CHECK(desk.must(find_in_board{board_window::all, desk.today, 1, 1}).as_of
          == board_desk::start + seconds{8});
    CHECK(desk.begin(walk_reason::audit) == epoch);
    desk.must(finish_walk{"r1", epoch, board_desk::start + seconds{9}});
    CHECK(desk.look().as_of == board_desk::start + seconds{9});
    desk.mark({1, 2, board_desk::start + seconds{20}});
    CHECK(desk.look().as_of == board_desk::start + seconds{10});
  }
}

} // namespace tinybook::test
