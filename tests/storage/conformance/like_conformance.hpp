#pragma once

#include "tests/storage/conformance/article_samples.hpp"
#include "tests/support/instants.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// Likes, collections, and their events for the boards.
inline void like_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::hours;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto author = new_user(*db, "author@example.org");
  const auto ann = new_user(*db, "ann@example.org");
  const auto bob = new_user(*db, "bob@example.org");
  const auto now = some_day;
  article_client client(*db);

  const auto board = [&] {
    return must(*fixture->reader(), list_board_rows{}).events;
  };

  SUBCASE("a like counts once, an unlike takes it back once") {
    const auto id = client.publish(author, "Title");
    const auto is = [](const like_outcome& out, bool changed, std::int64_t count) {
      return out.changed == changed && out.like_count == count;
    };
    CHECK(is(client.like(id, ann), true, 1));
    CHECK(is(client.like(id, ann), false, 1));
    CHECK(is(client.like(id, bob), true, 2));
    CHECK(is(client.like(id, ann, false), true, 1));
    CHECK(is(client.like(id, ann, false), false, 1));
    CHECK(client.seen(id, ann).like_count == 1);
    CHECK_FALSE(client.seen(id, ann).liked);
    CHECK(client.seen(id, bob).liked);
    CHECK_FALSE(client.seen(id).liked);
    CHECK(client.events().size() == 4);
  }
  SUBCASE("only what is published can be liked or collected, and only by an account") {
    const auto draft = client.draft(author, "Title");
    const auto id = client.publish(author, "Title");
    must(*db, withdraw_article{id, author, now});
    for (const auto which : {draft, id, id + 1}) {
      CHECK(error_of(*db, like_article{which, ann, true, now, {}})
            == errc::article_not_found);
      CHECK(error_of(*db, like_article{which, ann, false, now, {}})
            == errc::article_not_found);
      CHECK(error_of(*db, collect_article{which, ann, 1, now})
            == errc::article_not_found);
    }
    const auto open = client.publish(author, "Title");
    CHECK(error_of(*db, like_article{open, bob + 1, true, now, {}})
          == errc::user_not_found);
    CHECK(error_of(*db, collect_article{open, bob + 1, 1, now}) == errc::user_not_found);
  }
  SUBCASE("the event of a like describes the state after it") {
    must(*db, edit_user{author, "Ann", "", "", now});
    const auto id = client.publish(author, "Title");
    must(*db, add_reads{{{id, 7}}});
    client.like(id, ann);
    client.like(id, bob);
    const auto day = day_of(now, {});
    const article_event expected{"article", id,    3, 2,   true, "Title",
                                 author,    "Ann", 7, day, 2,    2};
    CHECK(client.last_event() == expected);
  }
  SUBCASE("events wait in the order of their making until they are removed") {
    const auto id = client.publish(author, "Title", now);
    client.like(id, ann, true, now + hours{1});
    const auto stored = must(*fixture->reader(), pending_events{10}).events;
    REQUIRE(stored.size() == 2);
    CHECK(stored[0].event.ver == 1);
    CHECK(stored[0].stored_at == now);
    CHECK(stored[1].event.ver == 2);
    CHECK(stored[1].stored_at == now + hours{1});
    CHECK(must(*db, pending_events{1}).events.size() == 1);
    must(*db, remove_events{{stored[0].id, stored[0].id, 999}});
    CHECK(client.events().size() == 1);
    must(*db, remove_events{{stored[1].id}});
    CHECK(client.events().empty());
    client.like(id, bob);
    CHECK(must(*db, pending_events{1}).events.at(0).id > stored[1].id);
  }
  SUBCASE("a like that changes nothing writes no event") {
    const auto id = client.publish(author, "Title");
    client.like(id, ann, false);
    client.like(id, ann);
    const auto before = client.events().size();
    client.like(id, ann);
    CHECK(client.events().size() == before);
  }
  SUBCASE("an unlike lowers the count of its like's day") {
    const auto id = client.publish(author, "Title");
    const auto first = day_of(now, {});
    client.like(id, ann, true, now);
    client.like(id, bob, true, now + hours{24});
    CHECK(client.last_event().day == first + 1);
    CHECK(client.last_event().day_cnt == 1);
    client.like(id, ann, false, now + hours{48});
    const auto event = client.last_event();
    CHECK(event.day == first);
    CHECK(event.day_cnt == 0);
    CHECK(event.day_ver == 2);
    CHECK(event.cnt == 1);
  }
  SUBCASE("the offset decides the day of a like") {
    const auto id = client.publish(author, "Title");
    const auto late = test::start_of_day(day_of(now, {}), {}) + hours{20};
    must(*db, like_article{id, ann, true, late, std::chrono::minutes{480}});
    CHECK(client.last_event().day == day_of(late, {}) + 1);
  }
  SUBCASE("withdrawing, republishing, renaming and deleting write versioned events") {
    const auto id = client.publish(author, "One");
    client.like(id, ann);
    must(*db, withdraw_article{id, author, now});
    CHECK_FALSE(client.last_event().published);
    CHECK(client.last_event().ver == 3);
    CHECK(client.last_event().cnt == 1);
    auto text = article_client::text(author, "Two");
    text.id = id;
    must(*db, publish_article{text, now});
    CHECK(client.last_event()
          == article_event{"article", id, 4, 1, true, "Two", author, "", 0, 0, 0, 0});
    must(*db, edit_user{author, "Ann", "", "", now});
    CHECK(client.last_event()
          == article_event{"article", id, 5, 1, true, "Two", author, "Ann", 0, 0, 0, 0});
    must(*db, delete_article{id, author, now});
    CHECK(client.last_event()
          == article_event{"article", id, 6, 0, false, "", author, "", 0, 0, 0, 0});
    CHECK(board().at(0) == client.last_event());
  }
  SUBCASE("a new nickname writes an event per published article, another edit none") {
    const auto a = client.publish(author, "a");
    const auto b = client.publish(author, "b");
    const auto gone = client.publish(author, "c");
    must(*db, withdraw_article{gone, author, now});
    client.draft(author, "d");
    client.publish(bob, "e");
    const auto before = client.events().size();
    must(*db, edit_user{author, "Ann", "", "", now});
    auto events = client.events();
    REQUIRE(events.size() == before + 2);
    CHECK(events[before].id == a);
    CHECK(events[before + 1].id == b);
    CHECK(events[before].author_name == "Ann");
    CHECK(events[before].ver == 2);
    must(*db, edit_user{author, "Ann", "2000-01-01", "me", now});
    must(*db, edit_user{author, "Ann", {}, {}, now});
    CHECK(client.events().size() == before + 2);
  }
  SUBCASE("board rows are the last events of all articles with a version, in pages") {
    const auto a = client.publish(author, "a");
    const auto event_a = client.last_event();
    const auto b = client.publish(author, "b");
    must(*db, delete_article{b, author, now});
    const auto event_b = client.last_event();
    client.draft(author, "no version");
    CHECK(board() == std::vector{event_a, event_b});
    CHECK(must(*db, list_board_rows{0, 1}).events == std::vector{event_a});
    CHECK(must(*db, list_board_rows{a, 1}).events == std::vector{event_b});
    CHECK(must(*db, list_board_rows{b, 1}).events.empty());
  }
  SUBCASE("the top is by likes, then newest id, of the published and liked ones") {
    std::vector<article_id> ids;
    for (int i = 0; i < 5; ++i)
      ids.push_back(client.publish(author, std::to_string(i)));
    for (const auto id : {ids[0], ids[2], ids[3]})
      client.like(id, ann);
    client.like(ids[2], bob);
    client.like(ids[4], bob);
    must(*db, withdraw_article{ids[4], author, now});
    std::vector<article_id> top;
    for (const auto& event : must(*fixture->reader(), list_top_articles{10}).events)
      top.push_back(event.id);
    CHECK(top == std::vector{ids[2], ids[3], ids[0]});
    const auto first = must(*db, list_top_articles{1}).events;
    REQUIRE(first.size() == 1);
    CHECK(first[0].cnt == 2);
    CHECK(first[0].title == "2");
    CHECK(first[0].published);
  }
  SUBCASE("collecting counts once and may move") {
    const auto id = client.publish(author, "Title");
    must(*db, collect_article{id, ann, 1, now});
    must(*db, collect_article{id, ann, 2, now});
    must(*db, collect_article{id, bob, 0, now});
    CHECK(client.seen(id, ann).collect_count == 2);
    CHECK(client.seen(id, ann).collected);
    CHECK_FALSE(client.seen(id, author).collected);
    CHECK(client.events().size() == 1);
  }
}

} // namespace tinybook::test
