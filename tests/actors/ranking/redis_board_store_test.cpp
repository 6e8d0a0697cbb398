#include "actors/ranking/redis_board_store.hpp"
#include "tests/actors/ranking/board_store_conformance.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/hosted_board_store.hpp"
#include "tests/support/instants.hpp"

#include <algorithm>
#include <map>
#include <poll.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr std::int32_t board_today = 20'000;

article_event article(std::int64_t id, std::int64_t ver, std::int64_t cnt) {
  return {.biz = "article",
          .id = id,
          .ver = ver,
          .cnt = cnt,
          .published = true,
          .title = "title:" + std::to_string(id),
          .author_id = 7,
          .author_name = "name"};
}

article_event liked(std::int64_t id, std::int64_t ver, std::int64_t cnt, std::int32_t day,
                    std::int64_t day_cnt, std::int64_t day_ver) {
  auto e = article(id, ver, cnt);
  e.day = day;
  e.day_cnt = day_cnt;
  e.day_ver = day_ver;
  return e;
}

handle_of<board_host_actor> start_boards(actor_fixture& on, redis_server& server) {
  return on.start<board_host_actor, board_host_state>(
      "boards", std::make_unique<redis_board_store>(
                    redis_board_store_from(default_settings()), start_redis(on, server)));
}

/// The store over a Redis of its own.
struct redis_board_world {
  redis_server server;
  actor_fixture world{};
  handle_of<board_host_actor> store;

  explicit redis_board_world(redis_server::options o = {})
      : server(std::move(o)), store(start_boards(world, server)) {}

  template <class Command>
  auto ask(Command m) {
    return world.ask(store, std::move(m));
  }

  std::int64_t begin(const std::string& replica = "a",
                     walk_reason reason = walk_reason::cold,
                     std::chrono::milliseconds lease = 60s) {
    auto grant = ask(begin_walk{replica, reason, lease, board_today});
    REQUIRE_MESSAGE(grant.ok(), grant.error().detail);
    return grant->epoch;
  }

  result<done> finish(std::int64_t epoch, const std::string& replica = "a") {
    return ask(finish_walk{replica, epoch, wall_start});
  }

  boards_applied apply(std::vector<article_event> events,
                       std::int32_t day = board_today) {
    auto applied =
        ask(apply_to_boards{std::move(events), {}, apply_source::live, 0, day});
    REQUIRE_MESSAGE(applied.ok(), applied.error().detail);
    return *applied;
  }

  result<boards_applied> mend(std::int64_t epoch, std::vector<article_event> rows) {
    return ask(
        apply_to_boards{std::move(rows), {}, apply_source::database, epoch, board_today});
  }

  boards_seen look(std::int32_t day = board_today) {
    auto seen = ask(look_at_boards{day, 0, {}});
    REQUIRE_MESSAGE(seen.ok(), seen.error().detail);
    return *seen;
  }

  /// `id:likes` of the window's rows.
  std::string board(board_window window, std::int32_t day = board_today) {
    std::string text;
    auto seen = look(day);
    const auto& rows = seen.rows.at(static_cast<std::size_t>(window));
    REQUIRE(rows.has_value());
    for (const auto& row : *rows)
      text += std::to_string(row.id) + ":" + std::to_string(row.like_cnt) + " ";
    return text;
  }

  /// A served epoch with these rows.
  std::int64_t hydrate(std::vector<article_event> rows = {}) {
    auto epoch = begin();
    REQUIRE(epoch != 0);
    REQUIRE(mend(epoch, std::move(rows)).ok());
    REQUIRE(finish(epoch).ok());
    return epoch;
  }

  /// Waits until commands reach the server again.
  void reconnect() {
    auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!ask(look_at_boards{board_today, 0, {}}).ok()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      world.advance(20ms, 10ms);
    }
  }
};

/// An empty store on the server that all share.
class redis_board_fixture final : public board_store_fixture {
 public:
  result<boards_applied> run(apply_to_boards m) override { return ask(std::move(m)); }
  result<boards_seen> run(look_at_boards m) override { return ask(m); }
  result<board_place> run(find_in_board m) override { return ask(m); }
  result<walk_grant> run(begin_walk m) override { return ask(std::move(m)); }
  result<done> run(finish_walk m) override { return ask(std::move(m)); }
  /// Leases run on the server's own clock.
  void pass(std::chrono::milliseconds d) override {
    ::poll(nullptr, 0, static_cast<int>(d.count()));
  }

 private:
  template <class M>
  result<typename M::reply> ask(M m) {
    return world_.ask(store_, std::move(m));
  }

  actor_fixture world_;
  handle_of<board_host_actor> store_ = start_boards(world_, shared_redis());
};

const make_board_store make_redis_board_store = [] {
  return std::make_unique<redis_board_fixture>();
};

} // namespace

TEST_CASE("boards on Redis follow the rules of a board") {
  board_rules_conformance(make_redis_board_store);
}

TEST_CASE("boards on Redis keep day and week") {
  board_windows_conformance(make_redis_board_store);
}

TEST_CASE("boards on Redis are filled, rebuilt and audited by one replica at a time") {
  board_epochs_conformance(make_redis_board_store);
}

TEST_CASE("boards on Redis equal a map and a sort after any history") {
  board_random_conformance(make_redis_board_store, 40);
}

TEST_CASE("a board on Redis shows everything of a row, titles with any bytes too") {
  redis_board_world w;
  auto e = article(5, 1, 3);
  e.title = "3:a title: with 书\n";
  e.author_name = "9:name:";
  e.read_cnt = 11;
  w.hydrate({e});
  auto seen = w.look();
  REQUIRE(seen.rows[0].has_value());
  REQUIRE(seen.rows[0]->size() == 1);
  CHECK(seen.rows[0]->front() == board_row{1, 5, e.title, 7, e.author_name, 3, 11});
}

TEST_CASE(
    "a flushed Redis serves nothing until an epoch is filled again, a greater one") {
  redis_board_world w;
  auto before = w.hydrate({article(1, 1, 3)});
  w.server.flush();
  CHECK(w.look().epoch == 0);
  CHECK_FALSE(w.mend(before, {article(1, 1, 3)}).ok());
  CHECK_FALSE(w.finish(before).ok());
  CHECK(w.apply({article(1, 2, 4)}).applied == 0);
  auto after = w.hydrate({article(1, 2, 4)});
  CHECK(after > before);
  CHECK(w.board(board_window::all) == "1:4 ");
}

TEST_CASE("a Redis that was restarted voids the boards, with its data and without") {
  bool persistent = false;
  SUBCASE("without") {}
  SUBCASE("with") {
    persistent = true;
  }
  redis_board_world w{{.persistent = persistent}};
  auto before = w.hydrate({liked(1, 1, 3, board_today, 3, 1)});
  w.server.restart();
  w.reconnect();
  CHECK(w.look().epoch == 0);
  CHECK(w.look().building == 0);
  auto after = w.hydrate({article(1, 2, 4)});
  CHECK(after > before);
  CHECK(w.board(board_window::all) == "1:4 ");
  CHECK(w.board(board_window::day) == "");
  CHECK(w.server.command({"KEYS", "*:" + std::to_string(before) + ":*"}) == "");
}

TEST_CASE("an epoch that was being built is lost at a restart, too") {
  redis_board_world w{{.persistent = true}};
  auto epoch = w.begin();
  w.server.restart();
  w.reconnect();
  CHECK_FALSE(w.finish(epoch).ok());
  CHECK(w.begin("b") > epoch);
}

TEST_CASE("an epoch goes to another replica only when its lease has run out") {
  redis_board_world w;
  auto epoch = w.begin("a", walk_reason::cold, 1s);
  CHECK(w.begin("a", walk_reason::cold, 1s) == epoch);
  CHECK(w.begin("b") == 0);
  auto deadline = std::chrono::steady_clock::now() + 20s;
  std::int64_t taken = 0;
  while (taken == 0 && std::chrono::steady_clock::now() < deadline)
    taken = w.begin("b");
  CHECK(taken == epoch);
  auto late = w.finish(epoch, "a");
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == errc::wrong_state);
  CHECK(w.finish(epoch, "b").ok());
  CHECK(w.begin("a") == 0);
}

TEST_CASE("a rebuilt epoch takes the place of the served one, which is unlinked") {
  redis_board_world w;
  auto first = w.hydrate({liked(1, 9, 3, board_today, 3, 9), article(2, 9, 9)});
  auto second = w.begin("a", walk_reason::rebuild);
  CHECK(second > first);
  // A restored database has lower versions.
  REQUIRE(w.mend(second, {liked(1, 4, 2, board_today, 2, 4)}).ok());
  CHECK(w.board(board_window::all) == "2:9 1:3 ");
  CHECK(w.apply({article(3, 1, 1)}).applied == 1);
  REQUIRE(w.finish(second).ok());
  CHECK(w.board(board_window::all) == "1:2 3:1 ");
  CHECK(w.server.command({"KEYS", "*:" + std::to_string(first) + ":*"}) == "");
}

TEST_CASE("thousands of rows go in at once, ordered by likes, then newest") {
  redis_board_world w;
  std::vector<article_event> rows;
  for (std::int64_t id = 1; id <= 5000; ++id)
    rows.push_back(liked(id, 1, id % 500 + 1, board_today, id % 7, 1));
  auto epoch = w.begin();
  auto applied = w.mend(epoch, rows);
  REQUIRE(applied.ok());
  CHECK(applied->applied == 5000);
  REQUIRE(w.finish(epoch).ok());
  auto seen = w.look();
  CHECK(seen.on_board == 5000);
  CHECK(seen.known == 5000);
  auto expected = rows;
  std::ranges::sort(expected, [](const auto& a, const auto& b) {
    return std::tie(a.cnt, a.id) > std::tie(b.cnt, b.id);
  });
  REQUIRE(seen.rows[0]->size() == 100);
  for (std::size_t i = 0; i < 100; ++i)
    CHECK(seen.rows[0]->at(i).id == expected[i].id);
  auto again = w.mend(epoch, rows);
  REQUIRE(again.ok());
  CHECK(again->ignored == 5000);
  CHECK(again->mended == 0);
  CHECK(w.look().versions == seen.versions);
}

TEST_CASE("what was damaged in Redis is corrected by the rows of the database") {
  redis_board_world w;
  auto row = liked(1, 3, 5, board_today, 5, 3);
  auto epoch = w.hydrate({row, article(2, 1, 1)});
  auto in = "tinybook:{rank}:" + std::to_string(epoch);
  w.server.command({"ZREM", in + ":all", "00000000000000000001"});
  w.server.command(
      {"ZADD", in + ":w:" + std::to_string(board_today), "77", "00000000000000000001"});
  CHECK(w.board(board_window::all) == "2:1 ");
  auto mended = w.mend(epoch, {row});
  REQUIRE(mended.ok());
  CHECK(mended->mended == 1);
  CHECK(w.board(board_window::all) == "1:5 2:1 ");
  CHECK(w.board(board_window::week) == "1:5 ");
}

TEST_CASE("midnight needs no event: the day is a new board, the week loses its oldest") {
  redis_board_world w;
  w.hydrate();
  w.apply({liked(1, 1, 1, board_today - 6, 1, 1), liked(2, 1, 2, board_today, 2, 1)});
  CHECK(w.board(board_window::day) == "2:2 ");
  CHECK(w.board(board_window::week) == "2:2 1:1 ");
  auto versions = w.look().versions;
  CHECK(w.board(board_window::day, board_today + 1) == "");
  CHECK(w.board(board_window::week, board_today + 1) == "2:2 ");
  CHECK(w.look(board_today + 1).versions[1] != versions[1]);
  CHECK(w.look(board_today + 1).versions[2] != versions[2]);
  // A replica whose midnight comes later sees its own day still.
  CHECK(w.board(board_window::day) == "2:2 ");
  CHECK(w.board(board_window::week) == "2:2 1:1 ");
  // A like of before midnight that arrives after it.
  w.apply({liked(1, 2, 2, board_today, 1, 1)}, board_today + 1);
  CHECK(w.board(board_window::week, board_today + 1) == "2:2 1:1 ");
  CHECK(w.board(board_window::week, board_today + 6) == "2:2 1:1 ");
  CHECK(w.board(board_window::week, board_today + 7) == "");
  CHECK(w.board(board_window::all, board_today + 7) == "2:2 1:2 ");
}

TEST_CASE("an article withdrawn and published again is back in all its windows") {
  redis_board_world w;
  w.hydrate({liked(1, 1, 3, board_today, 2, 1), liked(1, 1, 3, board_today - 1, 1, 1)});
  auto gone = article(1, 2, 3);
  gone.published = false;
  w.apply({gone});
  CHECK(w.board(board_window::all) == "");
  CHECK(w.board(board_window::day) == "");
  CHECK(w.board(board_window::week) == "");
  w.apply({article(1, 3, 3)});
  CHECK(w.board(board_window::all) == "1:3 ");
  CHECK(w.board(board_window::day) == "1:2 ");
  CHECK(w.board(board_window::week) == "1:3 ");
  CHECK(w.look().known == 1);
}

TEST_CASE("as_of is the least mark of all partitions, never before the hydration") {
  redis_board_world w;
  w.hydrate();
  CHECK(w.look().as_of == wall_start);
  auto mark = [&](std::int32_t partition, std::chrono::seconds after) {
    CHECK(w.ask(apply_to_boards{{},
                                {{partition, 2, wall_start + after}},
                                apply_source::live,
                                0,
                                board_today})
              .ok());
    return w.look().as_of - wall_start;
  };
  CHECK(mark(0, 10s) == 0s);
  CHECK(mark(1, 5s) == 5s);
  CHECK(mark(1, 3s) == 5s);
  CHECK(mark(1, 20s) == 10s);
}

TEST_CASE("a place is found with its neighbours, also beyond the first hundred") {
  redis_board_world w;
  std::vector<article_event> rows;
  for (std::int64_t id = 1; id <= 300; ++id)
    rows.push_back(article(id, 1, id));
  w.hydrate(rows);
  auto place = w.ask(find_in_board{board_window::all, board_today, 100, 2});
  REQUIRE(place.ok());
  REQUIRE(place->rows.size() == 5);
  CHECK(place->rows[2].id == 100);
  CHECK(place->rows[2].rank == 201);
  CHECK(place->rows[0].rank == 199);
  CHECK(w.ask(find_in_board{board_window::all, board_today, 300, 3})->rows.size() == 4);
  CHECK(w.ask(find_in_board{board_window::day, board_today, 300, 3})->rows.empty());
  CHECK(w.ask(find_in_board{board_window::all, board_today, 999, 3})->rows.empty());
}

TEST_CASE("without Redis every command of the board store is unavailable") {
  redis_board_world w;
  w.server.kill_hard();
  CHECK(w.ask(look_at_boards{board_today, 0, {}}).error().code == errc::unavailable);
  CHECK(w.ask(apply_to_boards{{article(1, 1, 1)}, {}, apply_source::live, 0, board_today})
            .error()
            .code
        == errc::unavailable);
  w.server.start();
  w.reconnect();
  CHECK(w.look().epoch == 0);
}

} // namespace tinybook::test
