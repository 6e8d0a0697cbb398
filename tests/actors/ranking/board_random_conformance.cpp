#include "tests/actors/ranking/board_client.hpp"
#include "tests/actors/ranking/naive_boards.hpp"

#include <random>

namespace tinybook::test {

namespace {

using dice = std::mt19937_64;

std::int64_t between(dice& roll, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>{low, high}(roll);
}

arrival any_arrival(dice& roll, std::int64_t ids, std::int32_t today) {
  arrival one{.id = between(roll, 1, ids), .ver = between(roll, 1, 5)};
  if (between(roll, 0, 2) > 0) {
    one.day = static_cast<std::int32_t>(between(roll, today - 8, today + 1));
    one.day_ver = between(roll, 1, 4);
  }
  if (between(roll, 0, 3) == 0)
    one.source = apply_source::database;
  return one;
}

/// One history: batches from bus and database in any order, days that pass, replays.
void one_history(board_client& client, std::uint64_t seed) {
  dice roll(seed);
  const auto epoch = client.serve();
  const auto ids = between(roll, 0, 1) == 0 ? 8 : 180;
  naive_boards model;
  std::vector<arrival> past;
  for (int step = 0; step < 25; ++step) {
    if (between(roll, 0, 7) == 0)
      client.today += static_cast<std::int32_t>(between(roll, 1, 3));
    std::vector<article_event> live;
    const auto most = between(roll, 0, 1) == 0 ? 1 : ids / 2;
    for (auto n = between(roll, 0, most); n > 0; --n) {
      auto one = !past.empty() && between(roll, 0, 4) == 0
                     ? past[static_cast<std::size_t>(
                         between(roll, 0, static_cast<std::int64_t>(past.size()) - 1))]
                     : any_arrival(roll, ids, client.today);
      past.push_back(one);
      // A day older than the week on arrival is ignored, also when it is replayed.
      if (one.day < client.today - 6)
        one.day = 0;
      model.note(one);
      if (one.source == apply_source::live)
        live.push_back(committed(one));
      else
        client.from_database(committed(one), epoch);
    }
    const auto before = client.look();
    client.live(live);
    const auto seen = client.look();
    for (auto window : {board_window::all, board_window::day, board_window::week}) {
      const auto i = static_cast<std::size_t>(window);
      const auto expected = model.top(window, client.today);
      REQUIRE_MESSAGE(seen.rows[i] == expected,
                      "seed " << seed << " step " << step << " window " << i);
      // Within a batch the rows may change and change back.
      const bool other_rows = seen.rows[i] != before.rows[i];
      const bool other_version = seen.versions[i] != before.versions[i];
      REQUIRE_MESSAGE(
          (live.size() <= 1 ? other_version == other_rows : other_version || !other_rows),
          "seed " << seed << " step " << step << " window " << i);
      const auto id = between(roll, 1, ids);
      const auto side = static_cast<std::size_t>(between(roll, 0, 4));
      REQUIRE_MESSAGE(client.must(find_in_board{window, client.today, id, side}).rows
                          == model.around(window, client.today, id, side),
                      "seed " << seed << " step " << step << " around " << id);
    }
    REQUIRE(seen.known == static_cast<std::int64_t>(model.known()));
  }
}

} // namespace

void board_random_conformance(const make_board_store& make, int runs) {
  for (int seed = 1; seed <= runs; ++seed) {
    board_client client(make());
    one_history(client, static_cast<std::uint64_t>(seed));
  }
}

} // namespace tinybook::test
