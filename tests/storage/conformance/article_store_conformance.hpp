#pragma once

#include "tests/storage/conformance/article_samples.hpp"
#include "tests/storage/conformance/test_sql.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// The two copies of an article, and the lists.
inline void article_store_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  const auto author = new_user(*db, "author@example.org");
  const auto reader = new_user(*db, "reader@example.org");
  const auto now = some_day;
  article_client client(*db);

  const auto own = [&](article_id id) {
    return must(*db, find_own_article{id, author});
  };
  const auto save = [&](article_id id, const std::string& title, wall_time at) {
    auto text = article_client::text(author, title);
    text.id = id;
    return must(*db, save_draft{text, at}).id;
  };
  const auto publish = [&](article_id id, const std::string& title, wall_time at) {
    auto text = article_client::text(author, title);
    text.id = id;
    return must(*db, publish_article{text, at}).id;
  };
  const auto ids_of = [](const article_list& list) {
    std::vector<article_id> out;
    for (const auto& item : list.items)
      out.push_back(item.id);
    return out;
  };

  SUBCASE("a draft is seen by its author only") {
    must(*db, edit_user{author, "Ann", "", "", now});
    const auto id = client.draft(author, "Title");
    CHECK(id > 0);
    const auto found = own(id);
    CHECK(found.summary.id == id);
    CHECK(found.summary.title == "Title");
    CHECK(found.summary.abstract == "about Title");
    CHECK(found.summary.status == article_status::draft);
    CHECK(found.summary.created_at == now);
    CHECK(found.summary.updated_at == now);
    CHECK(found.summary.author == author);
    CHECK(found.summary.author_name == "Ann");
    CHECK(found.content == "<p>Title</p>");
    CHECK(error_of(*db, find_own_article{id, reader}) == errc::not_author);
    CHECK(client.absent(id) == errc::article_not_found);
    CHECK(client.events().empty());
  }
  SUBCASE("a missing article is not found, another author's is refused") {
    const auto id = client.publish(author, "Title");
    const auto other = [&](article_id which, user_id who) {
      auto text = article_client::text(who, "Mine");
      text.id = which;
      return std::vector{error_of(*db, save_draft{text, now}),
                         error_of(*db, publish_article{text, now}),
                         error_of(*db, withdraw_article{which, who, now}),
                         error_of(*db, delete_article{which, who, now}),
                         error_of(*db, find_own_article{which, who})};
    };
    CHECK(other(id, reader) == std::vector(5, errc::not_author));
    CHECK(other(id + 1, author) == std::vector(5, errc::article_not_found));
    CHECK(client.seen(id).summary.title == "Title");
    CHECK(client.events().size() == 1);
  }
  SUBCASE("an article of an unknown author is refused") {
    const auto text = article_client::text(reader + 1, "x");
    CHECK(error_of(*db, save_draft{text, now}) == errc::user_not_found);
    CHECK(error_of(*db, publish_article{text, now}) == errc::user_not_found);
  }
  SUBCASE("publishing shows the article to everybody") {
    const auto id = client.draft(author, "Old");
    publish(id, "New", now + seconds{1});
    const auto found = client.seen(id);
    CHECK(found.summary.title == "New");
    CHECK(found.summary.status == article_status::published);
    CHECK(found.summary.created_at == now);
    CHECK(found.summary.updated_at == now + seconds{1});
    CHECK(found.content == "<p>New</p>");
    CHECK_FALSE(found.liked);
    CHECK_FALSE(found.collected);
    CHECK(own(id).summary.status == article_status::published);
  }
  SUBCASE("a published article has changes that are not out, until it is published") {
    const auto id = publish(0, "Out", now);
    const auto changed = [&] {
      const auto listed = must(*db, list_own_articles{author, 0, 1}).items.at(0);
      CHECK(listed.unpublished_changes == own(id).summary.unpublished_changes);
      return listed.unpublished_changes;
    };
    CHECK_FALSE(changed());
    save(id, "Out", now + seconds{1});
    CHECK_FALSE(changed()); // The same words.
    save(id, "Changed", now + seconds{2});
    CHECK(changed());
    CHECK_FALSE(client.seen(id).summary.unpublished_changes);
    publish(id, "Changed", now + seconds{3});
    CHECK_FALSE(changed());
    save(id, "Changed again", now + seconds{4});
    must(*db, withdraw_article{id, author, now + seconds{5}});
    CHECK_FALSE(changed());
  }
  SUBCASE("the same save with the same key is done once and answers the same for a day") {
    const storage::repeatable key{std::string(64, 'k'), std::string(64, 'r')};
    auto text = article_client::text(author, "Once");
    const auto first = must(*db, publish_article{text, now, key}).id;
    CHECK(must(*db, publish_article{text, now + seconds{1}, key}).id == first);
    CHECK(must(*db, save_draft{text, now + answer_kept_for - seconds{1}, key}).id
          == first);
    CHECK(client.events().size() == 1);
    CHECK(ids_of(must(*db, list_own_articles{author, 0, 20})) == std::vector{first});
    CHECK(own(first).summary.updated_at == now);
    auto of_reader = article_client::text(reader, "Once");
    CHECK(must(*db, save_draft{of_reader, now, key}).id != first);
    auto other = key;
    other.request_hash = std::string(64, 'x');
    CHECK(error_of(*db, publish_article{text, now, other}) == errc::key_reused);
    CHECK(error_of(*db, save_draft{text, now, other}) == errc::key_reused);
    CHECK(must(*db, find_saved_article{author, key.key_hash}).summary.id == first);
    CHECK(error_of(*db, find_saved_article{author, "x"}) == errc::article_not_found);
    CHECK(must(*db, save_draft{text, now + answer_kept_for, other}).id > first);
  }
  SUBCASE("a save that failed keeps no answer, and its key may be used") {
    const storage::repeatable key{std::string(64, 'k'), std::string(64, 'r')};
    auto text = article_client::text(reader + 1, "x");
    CHECK(error_of(*db, save_draft{text, now, key}) == errc::user_not_found);
    CHECK(error_of(*db, save_draft{text, now, key}) == errc::user_not_found);
    text = article_client::text(author, "x");
    text.id = 77;
    CHECK(error_of(*db, publish_article{text, now, key}) == errc::article_not_found);
    text.id = 0;
    const auto id = must(*db, publish_article{text, now, key}).id;
    CHECK(must(*db, publish_article{text, now, key}).id == id);
  }
  SUBCASE("kept answers are removed after a day, the oldest first") {
    const auto at = [&](int i) {
      const storage::repeatable key{std::to_string(i), "r"};
      return must(*db,
                  save_draft{article_client::text(author, "x"), now + seconds{i}, key})
          .id;
    };
    must(*db, remove_kept_answers{now + 2 * answer_kept_for}); // Those of other tests.
    for (int i = 0; i < 5; ++i)
      at(i);
    CHECK(must(*db, remove_kept_answers{now + answer_kept_for - seconds{1}}).rows == 0);
    CHECK(must(*db, remove_kept_answers{now + answer_kept_for + seconds{3}, 2}).rows
          == 2);
    CHECK(must(*db, remove_kept_answers{now + answer_kept_for + seconds{3}, 9}).rows
          == 2);
    const auto kept = at(4);
    CHECK(at(4) == kept);
    CHECK(at(0) > kept);
  }
  SUBCASE("a draft of a published article changes neither public copy nor status") {
    const auto id = client.publish(author, "Public");
    save(id, "Draft", now + seconds{1});
    CHECK(client.seen(id).summary.title == "Public");
    CHECK(client.seen(id).content == "<p>Public</p>");
    CHECK(own(id).summary.title == "Draft");
    CHECK(own(id).summary.status == article_status::published);
    CHECK(client.events().size() == 1);
    publish(id, "Both", now + seconds{2});
    CHECK(client.seen(id).summary.title == "Both");
    CHECK(own(id).summary.title == "Both");
  }
  SUBCASE("withdrawing takes the public copy away until it is published again") {
    const auto id = client.publish(author, "Title");
    client.like(id, reader);
    must(*db, withdraw_article{id, author, now});
    CHECK(client.absent(id) == errc::article_not_found);
    CHECK(own(id).summary.status == article_status::withdrawn);
    CHECK(must(*db, list_newest_articles{0, 20}).items.empty());
    CHECK(error_of(*db, withdraw_article{id, author, now}) == errc::wrong_state);
    save(id, "Draft", now);
    CHECK(own(id).summary.status == article_status::withdrawn);
    publish(id, "Again", now);
    CHECK(client.seen(id, reader).like_count == 1);
    CHECK(client.seen(id, reader).liked);
  }
  SUBCASE("a draft cannot be withdrawn") {
    CHECK(error_of(*db, withdraw_article{client.draft(author, "x"), author, now})
          == errc::wrong_state);
  }
  SUBCASE("a deleted article is gone for all, and its id is never reused") {
    const auto id = client.publish(author, "Title");
    client.like(id, reader);
    must(*db, collect_article{id, reader, 1, now});
    must(*db, delete_article{id, author, now});
    CHECK(client.absent(id) == errc::article_not_found);
    CHECK(error_of(*db, find_own_article{id, author}) == errc::article_not_found);
    CHECK(error_of(*db, delete_article{id, author, now}) == errc::article_not_found);
    CHECK(must(*db, list_own_articles{author, 0, 20}).items.empty());
    CHECK(client.publish(author, "Next") > id);
  }
  SUBCASE("a draft that was never published is deleted without a trace") {
    const auto id = client.draft(author, "Title");
    must(*db, delete_article{id, author, now});
    CHECK(client.events().empty());
    CHECK(must(*db, list_board_rows{}).events.empty());
  }
  SUBCASE("what an author has is kept up by each change, so that no save counts it") {
    const auto kept = [&] {
      return must(*db, test_sql{R"sql(
SELECT articles::text || ' ' || bytes::text || ' ' || (seen_until = (
  SELECT coalesce(max(updated_at), 0) FROM articles WHERE author_id = t.author_id))::int
FROM author_totals t)sql"});
    };
    const auto save_bounded = [&](article_id id, const std::string& content,
                                  wall_time at) {
      auto text = client.text(author, "T");
      text.id = id;
      text.content = content;
      return must(*db, save_draft{text, at, {}, {.articles = 9, .bytes = 99}}).id;
    };
    using std::chrono::seconds;
    const auto first = save_bounded(0, "é", now);
    const auto second = save_bounded(0, "12345", now + seconds{1});
    CHECK(kept() == std::vector<std::string>{"2 7 1"});
    save_bounded(first, "123", now + seconds{2});
    CHECK(kept() == std::vector<std::string>{"2 8 1"});
    auto text = client.text(author, "T");
    text.id = first;
    text.content = "1234";
    must(*db, publish_article{text, now + seconds{3}, {}, {.articles = 9, .bytes = 99}});
    must(*db, withdraw_article{first, author, now + seconds{4}});
    CHECK(kept() == std::vector<std::string>{"2 9 1"});
    must(*db, delete_article{second, author, now + seconds{5}});
    CHECK(kept() == std::vector<std::string>{"1 4 1"});
    must(*db, delete_article{first, author, now + seconds{6}});
    CHECK(kept() == std::vector<std::string>{"0 0 1"});
  }
  SUBCASE("the author's list has the newest change first, in pages") {
    const auto a = client.draft(author, "a", now);
    const auto b = client.publish(author, "b", now + seconds{1});
    const auto c = client.draft(author, "c", now + seconds{2});
    client.draft(reader, "not mine", now + seconds{3});
    save(a, "a2", now + seconds{4});
    CHECK(ids_of(must(*db, list_own_articles{author, 0, 20})) == std::vector{a, c, b});
    CHECK(ids_of(must(*db, list_own_articles{author, 1, 1})) == std::vector{c});
    CHECK(ids_of(must(*db, list_own_articles{author, 3, 20})).empty());
    const auto first = must(*db, list_own_articles{author, 0, 1}).items.at(0);
    CHECK(first.title == "a2");
    CHECK(first.status == article_status::draft);
    CHECK(first.updated_at == now + seconds{4});
    CHECK(first.created_at == now);
  }
  SUBCASE("the newest published ones come in keyset pages") {
    std::vector<article_id> ids;
    for (int i = 0; i < 5; ++i)
      ids.push_back(client.publish(author, std::to_string(i)));
    client.draft(author, "draft");
    const auto page = [&](article_id after, std::int64_t limit) {
      return must(*fixture->reader(), list_newest_articles{after, limit});
    };
    const auto first = page(0, 2);
    CHECK(ids_of(first) == std::vector{ids[4], ids[3]});
    CHECK(first.next == ids[3]);
    must(*db, withdraw_article{ids[2], author, now});
    const auto second = page(first.next, 2);
    CHECK(ids_of(second) == std::vector{ids[1], ids[0]});
    CHECK(second.next == 0);
    CHECK(page(ids[0], 2).items.empty());
    CHECK(first.items[0].title == "4");
    CHECK(first.items[0].status == article_status::published);
  }
  SUBCASE("reads are added to the articles that still exist") {
    const auto a = client.publish(author, "a");
    const auto b = client.publish(author, "b");
    must(*db, delete_article{b, author, now});
    const auto before = client.events().size();
    must(*db, add_reads{{{a, 3}, {b, 5}, {b + 7, 1}}});
    must(*db, add_reads{{{a, 2}}});
    CHECK(client.seen(a).read_count == 5);
    CHECK(client.events().size() == before);
  }
  SUBCASE("the author's name is the current one") {
    const auto id = client.publish(author, "a");
    CHECK(client.seen(id).summary.author_name.empty());
    must(*db, edit_user{author, "Ann", "", "", now});
    CHECK(client.seen(id).summary.author_name == "Ann");
    CHECK(must(*db, list_newest_articles{0, 20}).items.at(0).author_name == "Ann");
    CHECK(must(*db, list_own_articles{author, 0, 20}).items.at(0).author_name == "Ann");
  }
}

} // namespace tinybook::test
