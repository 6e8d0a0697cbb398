#include "actors/articles/articles.hpp"
#include "actors/events/feed.hpp"
#include "actors/events/heartbeat.hpp"
#include "actors/events/publisher.hpp"
#include "actors/ranking/local_board_store.hpp"
#include "actors/ranking/ranking.hpp"
#include "actors/sessions/messages.hpp"
#include "storage/like_event_json.hpp"
#include "storage/user_store.hpp"
#include "tests/actors/events/board_stand_in.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/sqlite_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

/// Keeps the board that was pushed last.
class board_catcher_state {
 public:
  using actor_type = ingress_actor;
  using caught = std::shared_ptr<std::optional<served_board>>;

  board_catcher_state(self_pointer<actor_type> self, caught into)
      : self_(std::move(self)), into_(std::move(into)) {}
  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const board_updated& pushed) {
          if (pushed.board.board->window == board_window::all)
            *into_ = pushed.board;
        },
        [](const session_revoked&) { return done{}; },
    };
  }

 private:
  self_pointer<actor_type> self_;
  caught into_;
};

/// Boards that refuse the first page of each fill.
class first_page_refused final : public board_store {
 public:
  explicit first_page_refused(wall_clock clock) : boards_(std::move(clock)) {}

  task<result<boards_applied>> apply(apply_to_boards m) override {
    if (m.epoch > refused_) {
      refused_ = m.epoch;
      co_return errc::unavailable;
    }
    co_return co_await boards_.apply(std::move(m));
  }
  task<result<boards_seen>> look(look_at_boards m) override { return boards_.look(m); }
  task<result<board_place>> find(find_in_board m) override { return boards_.find(m); }
  task<result<walk_grant>> begin(begin_walk m) override { return boards_.begin(m); }
  task<result<done>> finish(finish_walk m) override { return boards_.finish(m); }

 private:
  local_board_store boards_;
  std::int64_t refused_ = 0;
};

template <class Handle>
address<Handle> unset_address(const std::string& name) {
  return address<Handle>{std::make_shared<actor_meter>(name, "test", "")};
}

/// The whole path of a like to the board, over a real database.
struct event_path : test::sqlite_fixture {
  board_catcher_state::caught pushed = std::make_shared<std::optional<served_board>>();
  address<ingress_actor> ingress = unset_address<ingress_actor>("ingress");
  ranking_config config = test::default_ranking();
  address<ranking_actor> ranking = unset_address<ranking_actor>("ranking");
  address<event_feed_actor> feed = unset_address<event_feed_actor>("feed");
  std::function<std::unique_ptr<board_store>()> make_boards = [this] {
    return std::make_unique<local_board_store>(clock());
  };
  user_id author = on_store(storage::create_user{"a@example.org", "h", now()}).value().id;

  void start_ranking() {
    start<ingress_actor, board_catcher_state>(ingress, pushed);
    start<ranking_actor, ranking_state>(
        ranking, config,
        ranking_peers{store_address<article_store_actor>{store()}, make_boards, ingress},
        clock());
  }
  void start_feed() {
    start<event_feed_actor, feed_state>(feed, feed_config{5s}, ranking, clock());
  }
  void start_publisher() {
    start<event_publisher_actor, publisher_state>(
        publisher, publisher_from(test::default_settings()),
        store_address<event_store_actor>{store()},
        std::make_shared<direct_event_bus>(ranking, 5s), clock());
  }
  void start_all() {
    start_ranking();
    start_publisher();
  }

  article_id publish(const std::string& title) {
    return on_store(storage::publish_article{{0, author, title, "c", "c"}, now()})
        .value()
        .id;
  }
  void like(article_id id, user_id who) {
    CHECK(on_store(storage::like_article{id, who, true, now(), 480min}).ok());
  }
  std::size_t unpublished() {
    return on_store(storage::pending_events{100}).value().events.size();
  }
  std::vector<board_row> shown() {
    advance(1100ms);
    return pushed->has_value() ? (*pushed)->board->rows : std::vector<board_row>{};
  }
};

} // namespace

TEST_CASE_FIXTURE(event_path, "a like is on the board one refresh after its commit") {
  start_all();
  auto id = publish("One");
  like(id, author);
  auto rows = shown();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == id);
  CHECK(rows[0].like_cnt == 1);
  CHECK(rows[0].title == "One");
  CHECK(unpublished() == 0);
}

TEST_CASE_FIXTURE(event_path,
                  "what was committed and never published arrives after a restart") {
  auto id = publish("One");
  like(id, author);
  CHECK(unpublished() > 0);
  start_all();
  CHECK(shown().size() == 1);
  CHECK(unpublished() == 0);
  CHECK(gauge_of(publisher.get(), "published") > 0);
}

TEST_CASE_FIXTURE(
    event_path,
    "withdrawing takes an article off the board, liking it twice counts once") {
  start_all();
  auto first = publish("One");
  auto second = publish("Two");
  like(first, author);
  like(first, author);
  like(second, author);
  auto rows = shown();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == second); // A tie goes to the newest.
  CHECK(rows[1].like_cnt == 1);
  CHECK(on_store(storage::withdraw_article{second, author, now()}).ok());
  rows = shown();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == first);
}

TEST_CASE_FIXTURE(event_path, "the publisher tries again after the ranking was away") {
  start_publisher();
  like(publish("One"), author);
  advance(3s);
  CHECK(unpublished() > 0);
  CHECK(gauge_of(publisher.get(), "failures") > 0);
  start_ranking();
  advance(2s); // Its retry comes once a second.
  CHECK(shown().size() == 1);
  CHECK(unpublished() == 0);
}

TEST_CASE_FIXTURE(event_path, "an event stays in the outbox until the ranking has it") {
  auto world = std::make_shared<test::board_world>();
  start<ranking_actor, test::board_stand_in_state>(ranking, world);
  world->behave(test::board_world::manner::keeps_silent);
  start_publisher();
  const auto committed = now();
  like(publish("One"), author);
  advance(4s);
  CHECK(world->applied_events() > 0); // But not acknowledged.
  CHECK(unpublished() > 0);
  CHECK(world->newest_marks.empty());
  world->behave(test::board_world::manner::acks);
  advance(4s);
  CHECK(unpublished() == 0);
  REQUIRE(world->newest_marks.contains(0));
  CHECK(world->newest_marks[0] > committed);
  CHECK(world->partitions == 1);
}

TEST_CASE_FIXTURE(event_path, "a ranking that is started anew fills its boards again") {
  start_all();
  auto id = publish("One");
  like(id, author);
  CHECK(shown().size() == 1);
  const auto epoch = gauge_of(ranking.get(), "epoch");
  caf::anon_send_exit(ranking.get(), caf::exit_reason::kill);
  auto other = publish("Two");
  like(other, author);
  start_ranking();
  advance(2s);
  auto rows = shown();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == other);
  CHECK(rows[1].id == id);
  CHECK((*pushed)->board->epoch > epoch);
  CHECK(gauge_of(ranking.get(), "fills") == 1);
  CHECK(unpublished() == 0);
}

TEST_CASE_FIXTURE(event_path,
                  "poison messages are counted and skipped, and do not stop the feed") {
  start_ranking();
  start_feed();
  article_event good;
  good.biz = "article";
  good.id = 7;
  good.ver = 1;
  good.cnt = 3;
  good.published = true;
  good.title = "Good";
  CHECK(ask(feed.get(), deliver_messages{{{"article:1", "not json"},
                                          {"", "no heartbeat"},
                                          {key_of(good), encode_event(good)}}})
            .ok());
  CHECK(gauge_of(feed.get(), "poison") == 2);
  CHECK_FALSE(feed.meter()->health.has("events_too_new"));
  advance(1100ms);
  CHECK(gauge_of(ranking.get(), "articles_on_board") == 1);
  auto later = encode_event(good);
  later.replace(later.find("\"format\":1"), 10, "\"format\":2");
  CHECK(ask(feed.get(), deliver_messages{{{key_of(good), later}}}).ok());
  CHECK(gauge_of(feed.get(), "poison") == 3);
  CHECK(feed.meter()->health.summary().level == health_level::failing);
}

TEST_CASE_FIXTURE(event_path,
                  "without events the database is read instead, but not often") {
  start_all();
  advance(2s);
  REQUIRE(pushed->has_value());
  CHECK_FALSE((*pushed)->stale);
  CHECK(now() - (*pushed)->board->as_of <= 2s);
  const auto reads = gauge_of(ranking.get(), "database_reads");
  caf::anon_send_exit(publisher.get(), caf::exit_reason::kill);
  publisher.clear();
  like(publish("One"), author);
  advance(20s);
  CHECK_FALSE((*pushed)->stale);
  CHECK((*pushed)->board->rows.size() == 1);
  const auto more = gauge_of(ranking.get(), "database_reads") - reads;
  CHECK(more >= 2);
  CHECK(more <= 4); // Once per half of max_stale.
}

TEST_CASE_FIXTURE(event_path,
                  "a board that cannot be refreshed ages and is marked as stale") {
  start_all();
  advance(2s);
  caf::anon_send_exit(publisher.get(), caf::exit_reason::kill);
  publisher.clear();
  caf::anon_send_exit(reader.get(), caf::exit_reason::kill);
  reader.clear();
  const auto since = now();
  advance(9s);
  CHECK_FALSE((*pushed)->stale);
  advance(3s);
  CHECK((*pushed)->stale);
  CHECK((*pushed)->board->as_of <= since);
}

TEST_CASE_FIXTURE(event_path, "the audit finds changes of which no event came") {
  config.max_stale = 1h; // The database is not asked for the first 100 again.
  start_ranking();       // Nothing carries events.
  auto id = publish("One");
  like(id, author);
  CHECK(shown().empty());
  advance(61s);
  auto rows = shown();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == id);
  CHECK(gauge_of(ranking.get(), "audits") == 1);
  CHECK(gauge_of(ranking.get(), "caught_up") == 2); // The article, and its day.
  CHECK(gauge_of(ranking.get(), "drift_mended") == 0);
}

TEST_CASE_FIXTURE(event_path, "a rebuild in the middle of an audit reads every page") {
  config.max_stale = 1h; // The boards are those that the walk has filled.
  config.audit_pause = 50ms;
  config.page = 1;
  start_ranking();
  for (const auto* title : {"One", "Two", "Three"})
    like(publish(title), author);
  // The pause of the audit ends after so many steps of the rebuild.
  for (int steps = 0; steps < 12; ++steps) {
    while (fact_of(ranking.get(), "walks") == "no")
      advance(10ms, 10ms);
    caf::anon_send(ranking.get(), rebuild_boards{});
    for (int i = 0; i < steps; ++i)
      sched.try_run_once();
    sched.advance_time(50ms);
    advance(2s);
    CAPTURE(steps);
    CHECK(ask(ranking.get(), get_board{board_window::day}).value().board->rows.size()
          == 3);
  }
  CHECK(gauge_of(ranking.get(), "fills") == 13);
}

TEST_CASE_FIXTURE(event_path,
                  "an audit does not go on beside the fill that replaced it") {
  config.max_stale = 1h; // The boards are those that the walk has filled.
  config.audit_pause = 50ms;
  config.page = 1;
  make_boards = [this] {
    return std::make_unique<first_page_refused>(clock());
  };
  start_ranking();
  for (const auto* title : {"One", "Two", "Three"})
    like(publish(title), author);
  advance(2s); // The first fill is complete: what walks next is an audit.
  while (fact_of(ranking.get(), "walks") == "no")
    advance(10ms, 10ms);
  CHECK(ask(ranking.get(), rebuild_boards{}).ok());
  // The fill tries its first page again after a second: enough for the rest of the audit.
  advance(3s);
  CHECK(gauge_of(ranking.get(), "fills") == 2);
  CHECK(gauge_of(ranking.get(), "audits") == 0);
  CHECK(ask(ranking.get(), get_board{board_window::all}).value().board->rows.size() == 3);
}

TEST_CASE("a heartbeat is decoded as it was encoded, and nothing else passes for one") {
  auto time = test::actor_fixture::start_of_time;
  CHECK(decode_heartbeat(encode_heartbeat(time)) == time);
  for (const char* other :
       {"", "{}", "[]", R"({"biz":"article"})", R"({"biz":"heartbeat"})",
        R"({"biz":"heartbeat","complete_until":"soon"})"})
    CHECK_MESSAGE(!decode_heartbeat(other), other);
}

} // namespace tinybook
