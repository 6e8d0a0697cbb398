#include "tests/actors/ranking/board_client.hpp"

namespace tinybook::test {

namespace {
using ids = std::vector<std::int64_t>;
using std::chrono::milliseconds;
using std::chrono::seconds;
} // namespace

void board_epochs_conformance(const make_board_store& make) {
  board_client client(make());
  const auto event_of = board_client::event_of;

  SUBCASE("an empty store serves nothing and keeps no live event") {
    CHECK(client.look().epoch == 0);
    client.live(event_of(1, 1, 3));
    CHECK(client.must(find_in_board{board_window::all, client.today, 1, 1}).epoch == 0);
    client.serve();
    CHECK(client.ids().empty());
  }
  SUBCASE("one replica fills the first epoch, and it is served when it is whole") {
    const auto epoch = client.begin(walk_reason::cold);
    CHECK(epoch > 0);
    CHECK(client.begin(walk_reason::cold, "r2") == 0);
    CHECK(client.begin(walk_reason::cold) == epoch);
    CHECK(client.look().building == epoch);
    CHECK(client.look().epoch == 0);
    client.from_database(event_of(1, 4, 3), epoch);
    client.live({event_of(1, 3, 2), event_of(2, 2, 5)});
    CHECK(client.error_of(finish_walk{"r2", epoch, board_client::start})
          == errc::wrong_state);
    client.must(finish_walk{"r1", epoch, board_client::start + seconds{7}});
    const auto seen = client.look();
    CHECK(seen.epoch == epoch);
    CHECK(seen.building == 0);
    CHECK(seen.as_of == board_client::start + seconds{7});
    CHECK(client.ids() == ids{2, 1});
    CHECK(client.rows().at(1).like_cnt == 3);
    CHECK(client.begin(walk_reason::cold) == 0);
    CHECK(client.error_of(finish_walk{"r1", epoch + 1, board_client::start})
          == errc::wrong_state);
  }
  SUBCASE("a fill whose replica is gone is taken over") {
    client.lease = milliseconds{50};
    const auto epoch = client.begin(walk_reason::cold);
    client.lease = seconds{30};
    client.store().pass(milliseconds{60});
    CHECK(client.begin(walk_reason::cold, "r2") == epoch);
    CHECK(client.error_of(finish_walk{"r1", epoch, board_client::start})
          == errc::wrong_state);
    client.must(finish_walk{"r2", epoch, board_client::start});
    CHECK(client.look().epoch == epoch);
  }
  SUBCASE("rows of the database go only to the epoch that they name") {
    const auto epoch = client.serve();
    CHECK(client.error_of(apply_to_boards{
              {event_of(1, 1, 1)}, {}, apply_source::database, epoch + 1, client.today})
          == errc::wrong_state);
    CHECK(client.ids().empty());
  }
  SUBCASE("a rebuild fills a new epoch beside the served one") {
    const auto first = client.serve();
    client.live({event_of(1, 9, 5), event_of(2, 9, 4)});
    const auto second = client.begin(walk_reason::rebuild);
    CHECK(second > first);
    CHECK(client.begin(walk_reason::rebuild, "r2") == 0);
    CHECK(client.begin(walk_reason::cold) == second);
    CHECK(client.ids() == ids{1, 2});
    // A restored database has lower versions.
    client.from_database(event_of(1, 3, 1), second);
    client.live(event_of(3, 1, 2));
    CHECK(client.ids() == ids{1, 2, 3});
    CHECK(client.rows().at(0).like_cnt == 5);
    client.must(finish_walk{"r1", second, board_client::start + seconds{9}});
    const auto seen = client.look();
    CHECK(seen.epoch == second);
    CHECK(client.ids() == ids{3, 1});
    CHECK(client.rows().at(1).like_cnt == 1);
    CHECK(client.error_of(
              apply_to_boards{{}, {}, apply_source::database, first, client.today})
          == errc::wrong_state);
  }
  SUBCASE("one replica audits the served epoch, also while another fills the next") {
    CHECK(client.begin(walk_reason::audit) == 0);
    const auto epoch = client.serve();
    CHECK(client.begin(walk_reason::audit, "r2") == epoch);
    CHECK(client.begin(walk_reason::audit) == 0);
    const auto next = client.begin(walk_reason::rebuild);
    CHECK(next > epoch);
    CHECK(client.begin(walk_reason::audit, "r2") == epoch);
    client.must(finish_walk{"r2", epoch, board_client::start + seconds{3}});
    CHECK(client.look().as_of == board_client::start + seconds{3});
    client.must(finish_walk{"r1", next, board_client::start + seconds{4}});
    CHECK(client.error_of(finish_walk{"r2", epoch, board_client::start})
          == errc::wrong_state);
  }
  SUBCASE("a board is as old as its oldest partition, and no older than its rows") {
    const auto epoch = client.serve();
    client.mark({0, 2, board_client::start + seconds{10}});
    CHECK(client.look().as_of == board_client::start);
    client.mark({1, 2, board_client::start + seconds{8}});
    CHECK(client.look().as_of == board_client::start + seconds{8});
    client.mark({1, 2, board_client::start + seconds{2}});
    CHECK(client.look().as_of == board_client::start + seconds{8});
    CHECK(client.must(find_in_board{board_window::all, client.today, 1, 1}).as_of
          == board_client::start + seconds{8});
    CHECK(client.begin(walk_reason::audit) == epoch);
    client.must(finish_walk{"r1", epoch, board_client::start + seconds{9}});
    CHECK(client.look().as_of == board_client::start + seconds{9});
    client.mark({1, 2, board_client::start + seconds{20}});
    CHECK(client.look().as_of == board_client::start + seconds{10});
  }
}

} // namespace tinybook::test
