#pragma once

#include "tests/storage/conformance/account_client.hpp"
#include "tests/storage/conformance/article_samples.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tinybook::test {

inline void moderation_conformance(const make_fixture& make) {
  using namespace storage;
  const auto fixture = make();
  const auto db = fixture->writer();
  article_client articles{*db};
  account_client accounts{*db};
  const auto ann = new_user(*db, "ann@example.org");
  const auto bob = new_user(*db, "bob@example.org");
  const audit_source operator_bob{.by = "bob", .reason = "spam"};
  const auto shown_event = [&](article_id id) {
    article_event last;
    for (const auto& event : articles.events())
      if (event.id == id && event.ver > last.ver)
        last = event;
    return last;
  };

  SUBCASE("who is banned gets a short session, and may leave and come back") {
    const auto soon = some_day + std::chrono::minutes{15};
    const auto id = articles.publish(ann, "one");
    must(*db, ban_account{ann, some_day, operator_bob});
    auto opening = accounts.opening(ann, "a");
    opening.until_if_banned = soon;
    CHECK(must(*db, opening).banned);
    const auto family = must(*db, find_family{"a"});
    CHECK(family.banned);
    CHECK(family.expires_at == soon);
    CHECK(must(*db, find_user{ann}).banned);
    CHECK(error_of(*db, prove_session{.user = ann, .family = "a", .now = some_day})
          == errc::account_banned);

    CHECK(must(*db, find_profile{ann}).banned);
    must(*db, lift_ban{ann, some_day, operator_bob});
    CHECK(must(*db, find_family{"a"}).banned); // It stays what it was opened as.
    CHECK_FALSE(must(*db, find_profile{ann}).banned);
    accounts.log_in(ann, "free", some_day + std::chrono::seconds{1});
    CHECK_FALSE(must(*db, find_family{"free"}).banned);
    must(*db, ban_account{ann, some_day, operator_bob});
    opening.family.id = "again";
    must(*db, opening);

    const auto due = some_day + std::chrono::days{7};
    CHECK(must(*db, accounts.deletion(ann, "again", due)).families.size() == 1);
    opening.family.id = "b";
    CHECK(must(*db, opening).leaving);
    CHECK(must(*db, restore_account{opening}).banned);
    CHECK(must(*db, find_family{"b"}).restored);
    CHECK(must(*db, list_due_erasures{due}).users.empty());
    CHECK(articles.absent(id) == errc::article_not_found);
    CHECK(must(*db, set_password{ann, "hash", {}, some_day}).banned);
    opening.family.id = "c";
    must(*db, opening);
    must(*db, accounts.deletion(ann, "c", due));
    accounts.erase(ann, due);
    CHECK(error_of(*db, find_user{ann}) == errc::user_not_found);
  }
  SUBCASE(
      "a ban ends the sessions, hides the articles and refuses log-ins; its end gives "
      "the articles back") {
    accounts.log_in(ann, "a");
    accounts.log_in(bob, "b");
    const auto one = articles.publish(ann, "one");
    const auto two = articles.publish(ann, "two");
    const auto other = articles.publish(bob, "other");
    articles.like(one, bob);
    const auto ended = must(*db, ban_account{ann, some_day, operator_bob}).families;
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().id == "a");
    CHECK_FALSE(accounts.lives("a"));
    CHECK(accounts.lives("b"));
    for (const auto id : {one, two}) {
      CHECK(articles.absent(id) == errc::article_not_found);
      CHECK_FALSE(shown_event(id).published);
    }
    CHECK(articles.absent(other) == errc::none);
    CHECK(must(*db, list_top_articles{}).events.empty());
    CHECK(error_of(*db, accounts.opening(ann, "c")) == errc::account_banned);
    CHECK(error_of(*db, publish_article{articles.text(ann, "three"), some_day})
          == errc::user_not_found);
    CHECK(error_of(*db, ban_account{ann, some_day}) == errc::wrong_state);

    must(*db, edit_user{.id = bob, .nickname = "Bob", .now = some_day});
    must(*db, lift_ban{ann, some_day, operator_bob});
    for (const auto id : {one, two}) {
      CHECK(articles.absent(id) == errc::none);
      CHECK(shown_event(id).published);
    }
    CHECK(articles.seen(one, bob).like_count == 1);
    REQUIRE(must(*db, list_top_articles{}).events.size() == 1);
    accounts.log_in(ann, "d");
    CHECK(error_of(*db, lift_ban{ann, some_day}) == errc::wrong_state);
    CHECK(error_of(*db, ban_account{bob + 1, some_day}) == errc::user_not_found);
    CHECK(accounts.kinds_of(ann)
          == std::vector<std::string>{"sign_up", "log_in", "account_banned", "ban_lifted",
                                      "log_in"});
    CHECK_FALSE(must(*db, find_user{ann}).banned);
    const auto events =
        must(*db, list_audit{.kind = audit_kind::account_banned, .limit = 5}).events;
    REQUIRE(events.size() == 1);
    CHECK(events.front().from.by == "bob");
    CHECK(events.front().from.reason == "spam");
  }
  SUBCASE("an article that is taken down is its author's alone until it is put back") {
    const auto id = articles.publish(ann, "one");
    const auto ver = shown_event(id).ver;
    must(*db, take_article_down{id, some_day, operator_bob});
    CHECK(articles.absent(id) == errc::article_not_found);
    CHECK(shown_event(id).ver > ver);
    CHECK_FALSE(shown_event(id).published);
    CHECK(must(*db, find_own_article{id, ann}).summary.taken_down);
    CHECK(must(*db, list_own_articles{ann, 0, 5}).items.front().taken_down);
    auto text = articles.text(ann, "one, better");
    text.id = id;
    CHECK(error_of(*db, publish_article{text, some_day}) == errc::article_taken_down);
    must(*db, save_draft{text, some_day});
    CHECK(error_of(*db, take_article_down{id, some_day}) == errc::wrong_state);
    CHECK(error_of(*db, like_article{id, bob, true, some_day, {}})
          == errc::article_not_found);

    must(*db, put_article_back{id, some_day, operator_bob});
    CHECK(articles.seen(id).summary.title == "one");
    CHECK(shown_event(id).published);
    CHECK_FALSE(must(*db, find_own_article{id, ann}).summary.taken_down);
    must(*db, publish_article{text, some_day});
    CHECK(articles.seen(id).summary.title == "one, better");
    CHECK(error_of(*db, put_article_back{id, some_day}) == errc::wrong_state);
    CHECK(error_of(*db, put_article_back{id + 1, some_day}) == errc::article_not_found);
    CHECK(accounts.kinds_of(ann).back() == "article_put_back");
  }
  SUBCASE("what is hidden is among the articles that its author may have") {
    const auto id = articles.publish(ann, "one");
    const auto another = [&] {
      return error_of(*db, save_draft{articles.text(ann, "two"),
                                      some_day + std::chrono::seconds{1},
                                      {},
                                      {.articles = 1}});
    };
    must(*db, take_article_down{id, some_day});
    CHECK(another() == errc::quota_reached);
    must(*db, delete_article{id, ann, some_day});
    CHECK(another() == errc::none);
  }
  SUBCASE("what two things hide comes back when neither does any more") {
    const auto id = articles.publish(ann, "one");
    must(*db, take_article_down{id, some_day});
    must(*db, ban_account{ann, some_day});
    must(*db, put_article_back{id, some_day});
    CHECK(articles.absent(id) == errc::article_not_found);
    must(*db, take_article_down{id, some_day});
    must(*db, lift_ban{ann, some_day});
    CHECK(articles.absent(id) == errc::article_not_found);
    must(*db, put_article_back{id, some_day});
    CHECK(articles.absent(id) == errc::none);
  }
  SUBCASE("a draft that is taken down cannot be published, and one that is withdrawn "
          "meanwhile does not come back") {
    const auto draft = articles.draft(ann, "draft");
    must(*db, take_article_down{draft, some_day});
    auto text = articles.text(ann, "draft");
    text.id = draft;
    CHECK(error_of(*db, publish_article{text, some_day}) == errc::article_taken_down);
    const auto id = articles.publish(ann, "one");
    must(*db, take_article_down{id, some_day});
    must(*db, withdraw_article{id, ann, some_day});
    must(*db, put_article_back{id, some_day});
    CHECK(articles.absent(id) == errc::article_not_found);
    must(*db, delete_article{id, ann, some_day});
    CHECK(error_of(*db, take_article_down{id, some_day}) == errc::article_not_found);
  }
}

} // namespace tinybook::test
