#pragma once

#include "tests/storage/conformance/article_samples.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// Likes, collections, and what the boards are told of them.
inline void like_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::hours;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto author = new_user(*db, "author@example.org");
  const auto ann = new_user(*db, "ann@example.org");
  const auto bob = new_user(*db, "bob@example.org");
  const auto now = some_day;
  article_desk desk(*db);

  const auto board = [&] {
    return must(*fixture->reader(), list_board_rows{}).events;
  };

  SUBCASE("a like counts once, an unlike takes it back once") {
    const auto id = desk.publish(author, "Title");
    const auto is = [](const like_outcome& out, bool changed, std::int64_t count) {
      return out.changed == changed && out.like_count == count;
    };
    CHECK(is(desk.like(id, ann), true, 1));
    CHECK(is(desk.like(id, ann), false, 1));
    CHECK(is(desk.like(id, bob), true, 2));
    CHECK(is(desk.like(id, ann, false), true, 1));
    CHECK(is(desk.like(id, ann, false), false, 1));
    CHECK(desk.seen(id, ann).like_count == 1);
    CHECK_FALSE(desk.seen(id, ann).liked);
    CHECK(desk.seen(id, bob).liked);
    CHECK_FALSE(desk.seen(id).liked);
    CHECK(desk.events().size() == 4);
  }
  SUBCASE("only what is published can be liked or collected, and only by an account") {
    const auto draft = desk.draft(author, "Title");
    const auto id = desk.publish(author, "Title");
    must(*db, withdraw_article{id, author, now});
    for (const auto which : {draft, id, id + 1}) {
      CHECK(error_of(*db, like_article{which, ann, true, now, {}})
            == errc::article_not_found);
      CHECK(error_of(*db, like_article{which, ann, false, now, {}})
            == errc::article_not_found);
      CHECK(error_of(*db, collect_article{which, ann, 1, now})
            == errc::article_not_found);
    }
    const auto open = desk.publish(author, "Title");
    CHECK(error_of(*db, like_article{open, bob + 1, true, now, {}})
          == errc::user_not_found);
    CHECK(error_of(*db, collect_article{open, bob + 1, 1, now}) == errc::user_not_found);
  }
  SUBCASE("the event of a like tells the state that it made") {
    must(*db, edit_user{author, "Ann", "", "", now});
    const auto id = desk.publish(author, "Title");
    must(*db, add_reads{{{id, 7}}});
    desk.like(id, ann);
    desk.like(id, bob);
    const auto day = day_of(now, {});
    const article_event expected{"article", id,    3, 2,   true, "Title",
                                 author,    "Ann", 7, day, 2,    2};
    CHECK(desk.last_event() == expected);
  }
  SUBCASE("events wait in the order of their making until they are removed") {
    const auto id = desk.publish(author, "Title", now);
    desk.like(id, ann, true, now + hours{1});
    const auto stored = must(*fixture->reader(), pending_events{10}).events;
    REQUIRE(stored.size() == 2);
    CHECK(stored[0].event.ver == 1);
    CHECK(stored[0].stored_at == now);
    CHECK(stored[1].event.ver == 2);
    CHECK(stored[1].stored_at == now + hours{1});
    CHECK(must(*db, pending_events{1}).events.size() == 1);
    must(*db, remove_events{{stored[0].id, stored[0].id, 999}});
    CHECK(desk.events().size() == 1);
    must(*db, remove_events{{stored[1].id}});
    CHECK(desk.events().empty());
    desk.like(id, bob);
    CHECK(must(*db, pending_events{1}).events.at(0).id > stored[1].id);
  }
  SUBCASE("a like that changes nothing tells nothing") {
    const auto id = desk.publish(author, "Title");
    desk.like(id, ann, false);
    desk.like(id, ann);
    const auto before = desk.events().size();
    desk.like(id, ann);
    CHECK(desk.events().size() == before);
  }
  SUBCASE("an unlike lowers the day of its like") {
    const auto id = desk.publish(author, "Title");
    const auto first = day_of(now, {});
    desk.like(id, ann, true, now);
    desk.like(id, bob, true, now + hours{24});
    CHECK(desk.last_event().day == first + 1);
    CHECK(desk.last_event().day_cnt == 1);
    desk.like(id, ann, false, now + hours{48});
    const auto event = desk.last_event();
    CHECK(event.day == first);
    CHECK(event.day_cnt == 0);
    CHECK(event.day_ver == 2);
    CHECK(event.cnt == 1);
  }
  SUBCASE("the offset decides the day of a like") {
    const auto id = desk.publish(author, "Title");
    const auto late = start_of_day(day_of(now, {}), {}) + hours{20};
    must(*db, like_article{id, ann, true, late, std::chrono::minutes{480}});
    CHECK(desk.last_event().day == day_of(late, {}) + 1);
  }
  SUBCASE("withdrawing, publishing again, renaming and deleting are told with versions") {
    const auto id = desk.publish(author, "One");
    desk.like(id, ann);
    must(*db, withdraw_article{id, author, now});
    CHECK_FALSE(desk.last_event().published);
    CHECK(desk.last_event().ver == 3);
    CHECK(desk.last_event().cnt == 1);
    auto text = article_desk::text(author, "Two");
    text.id = id;
    must(*db, publish_article{text, now});
    CHECK(desk.last_event()
          == article_event{"article", id, 4, 1, true, "Two", author, "", 0, 0, 0, 0});
    must(*db, edit_user{author, "Ann", "", "", now});
    CHECK(desk.last_event()
          == article_event{"article", id, 5, 1, true, "Two", author, "Ann", 0, 0, 0, 0});
    must(*db, delete_article{id, author, now});
    CHECK(desk.last_event()
          == article_event{"article", id, 6, 0, false, "", author, "", 0, 0, 0, 0});
    CHECK(board().at(0) == desk.last_event());
  }
  SUBCASE("a changed nickname is told of every published article, another edit of none") {
    const auto a = desk.publish(author, "a");
    const auto b = desk.publish(author, "b");
    const auto gone = desk.publish(author, "c");
    must(*db, withdraw_article{gone, author, now});
    desk.draft(author, "d");
    desk.publish(bob, "e");
    const auto before = desk.events().size();
    must(*db, edit_user{author, "Ann", "", "", now});
    auto events = desk.events();
    REQUIRE(events.size() == before + 2);
    CHECK(events[before].id == a);
    CHECK(events[before + 1].id == b);
    CHECK(events[before].author_name == "Ann");
    CHECK(events[before].ver == 2);
    must(*db, edit_user{author, "Ann", "2000-01-01", "me", now});
    CHECK(desk.events().size() == before + 2);
  }
  SUBCASE("board rows are the last events of all articles with a version, in pages") {
    const auto a = desk.publish(author, "a");
    const auto event_a = desk.last_event();
    const auto b = desk.publish(author, "b");
    must(*db, delete_article{b, author, now});
    const auto event_b = desk.last_event();
    desk.draft(author, "no version");
    CHECK(board() == std::vector{event_a, event_b});
    CHECK(must(*db, list_board_rows{0, 1}).events == std::vector{event_a});
    CHECK(must(*db, list_board_rows{a, 1}).events == std::vector{event_b});
    CHECK(must(*db, list_board_rows{b, 1}).events.empty());
  }
  SUBCASE("the top is by likes, then newest id, of the published and liked ones") {
    std::vector<article_id> ids;
    for (int i = 0; i < 5; ++i)
      ids.push_back(desk.publish(author, std::to_string(i)));
    for (const auto id : {ids[0], ids[2], ids[3]})
      desk.like(id, ann);
    desk.like(ids[2], bob);
    desk.like(ids[4], bob);
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
    const auto id = desk.publish(author, "Title");
    must(*db, collect_article{id, ann, 1, now});
    must(*db, collect_article{id, ann, 2, now});
    must(*db, collect_article{id, bob, 0, now});
    CHECK(desk.seen(id, ann).collect_count == 2);
    CHECK(desk.seen(id, ann).collected);
    CHECK_FALSE(desk.seen(id, author).collected);
    CHECK(desk.events().size() == 1);
  }
}

} // namespace tinybook::test
