#pragma once

#include "storage/code_store.hpp"
#include "storage/own_data.hpp"
#include "storage/phone_store.hpp"
#include "storage/sms_archive.hpp"
#include "storage/sms_outbox.hpp"
#include "tests/storage/conformance/account_client.hpp"
#include "tests/storage/conformance/article_samples.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook::test {

inline void deletion_conformance(const make_fixture& make) {
  using namespace storage;
  using std::chrono::days;
  using std::chrono::seconds;
  const auto fixture = make();
  const auto db = fixture->writer();
  article_client articles{*db};
  account_client accounts{*db};
  const std::string phone = "+8613800138000";
  const auto ann =
      must(*db,
           claim_phone_account{phone, some_day, {"198.51.100.0/24", "Firefox, Windows"}})
          .id;
  must(*db, edit_user{.id = ann,
                      .nickname = "Ann",
                      .birthday = "2000-01-02",
                      .about_me = "words",
                      .now = some_day});
  const auto bob = new_user(*db, "bob@example.org");
  accounts.log_in(ann, "a");
  const auto due = some_day + days{7};

  SUBCASE("it needs a proof that is young enough, of a session that has not ended") {
    auto command = accounts.deletion(ann, "a");
    command.proof.since = some_day + seconds{1};
    const auto refused = db->run(command);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == errc::step_up_required);
    CHECK(refused.error().proofs == std::vector<std::string_view>{"code"});
    CHECK(error_of(*db, accounts.deletion(bob, "a")) == errc::token_revoked);
    must(*db, revoke_family{"a", some_day});
    CHECK(error_of(*db, accounts.deletion(ann, "a")) == errc::token_revoked);
  }
  SUBCASE(
      "at once the sessions end and the articles are hidden; a log-in takes it back") {
    const auto id = articles.publish(ann, "one");
    const auto ended = must(*db, accounts.deletion(ann, "a", due)).families;
    CHECK(ended.size() == 1);
    CHECK_FALSE(accounts.lives("a"));
    CHECK(articles.absent(id) == errc::article_not_found);
    CHECK(must(*db, list_due_erasures{due - seconds{1}}).users.empty());
    CHECK(must(*db, list_due_erasures{due}).users == std::vector<user_id>{ann});
    CHECK(error_of(*db, erase_account{ann, due - seconds{1}}) == errc::wrong_state);

    CHECK(error_of(*db, accounts.opening(ann, "b", due)) == errc::user_not_found);
    CHECK(error_of(*db, restore_account{accounts.opening(ann, "b", due)})
          == errc::user_not_found);
    CHECK(must(*db, accounts.opening(ann, "b")).leaving);
    CHECK(error_of(*db, find_family{"b"}) == errc::token_revoked);
    const auto back = some_day + seconds{1};
    CHECK_FALSE(must(*db, restore_account{accounts.opening(ann, "b", back)}).leaving);
    CHECK(must(*db, find_family{"b"}).restored);
    CHECK(articles.absent(id) == errc::none);
    CHECK(must(*db, list_due_erasures{due}).users.empty());
    CHECK(error_of(*db, erase_account{ann, due}) == errc::wrong_state);
    // Nothing is left to be taken back: a mere log-in.
    must(*db, restore_account{accounts.opening(ann, "c", back + seconds{1})});
    CHECK_FALSE(must(*db, find_family{"c"}).restored);
    CHECK(accounts.kinds_of(ann)
          == std::vector<std::string>{"sign_up", "log_in", "deletion_asked",
                                      "account_restored", "log_in", "log_in"});
  }
  SUBCASE("a log-in that fails takes nothing back") {
    must(*db, accounts.deletion(ann, "a", due));
    auto command = restore_account{accounts.opening(ann, "b")};
    command.opening.seen = device_epoch{41};
    CHECK(error_of(*db, command) == errc::wrong_credentials);
    CHECK(error_of(*db, restore_account{accounts.opening(ann, "a")})
          == errc::wrong_state);
    CHECK(must(*db, list_due_erasures{due}).users == std::vector<user_id>{ann});
  }
  SUBCASE("what is erased is gone everywhere but for the id") {
    const auto mine = articles.publish(ann, "mine");
    const auto draft = articles.draft(ann, "draft");
    // With it the row of her totals, which refers to her account.
    const auto bounded =
        must(*db,
             save_draft{articles.text(ann, "bounded"), some_day, {}, {.articles = 9}})
            .id;
    const auto theirs = articles.publish(bob, "theirs");
    const auto gone = articles.publish(bob, "withdrawn since");
    for (const auto id : {mine, theirs, gone})
      articles.like(id, ann);
    articles.like(theirs, bob);
    articles.like(mine, bob);
    must(*db, withdraw_article{gone, bob, some_day});
    must(*db, collect_article{theirs, ann, 3, some_day});
    must(*db, collect_article{mine, bob, 3, some_day});
    auto message = sample_message(phone, some_day);
    const auto sent = must(*db, submit_message{message, {}}).id;
    must(*db,
         save_code_state{{{phone, "login"}, {.codes = {}, .last_sent = some_day}, due}});
    must(*db, accounts.deletion(ann, "a", due));

    CHECK(accounts.erase(ann, due, 1) > 5);
    CHECK(must(*db, erase_account{ann, due}).finished);
    CHECK(error_of(*db, find_user{ann}) == errc::user_not_found);
    CHECK(error_of(*db, find_user_by_phone{phone}) == errc::user_not_found);
    CHECK(error_of(*db, accounts.opening(ann, "c")) == errc::user_not_found);
    CHECK(error_of(*db, find_family{"a"}) == errc::token_revoked);
    CHECK(error_of(*db, find_message{sent}) == errc::message_not_found);
    CHECK_FALSE(must(*db, find_phone_use{phone}).verified);
    CHECK(must(*db, load_code_states{some_day}).states.empty());
    for (const auto id : {mine, draft, bounded})
      CHECK(error_of(*db, find_own_article{id, ann}) == errc::article_not_found);
    CHECK(articles.seen(theirs, bob).like_count == 1);
    CHECK(articles.seen(theirs).collect_count == 0);
    const auto board = must(*db, list_top_articles{}).events;
    REQUIRE(board.size() == 1);
    CHECK(board.front().id == theirs);
    CHECK(board.front().cnt == 1);
    for (const auto& row : must(*db, list_board_rows{}).events) {
      CHECK(row.author_name.empty());
      if (row.id == gone)
        CHECK(row.cnt == 0);
      if (row.id == mine)
        CHECK(row.title.empty());
    }
    for (const auto& event : articles.events())
      CHECK(event.author_name != "Ann");
    const auto trail = must(*db, list_audit{.user = ann, .limit = 100}).events;
    CHECK(trail.front().kind == audit_kind::account_erased);
    for (const auto& event : trail) {
      CHECK(event.from.network.empty());
      CHECK(event.from.device.empty());
      CHECK(event.detail.empty());
    }
    // The phone is free, the id is not used again.
    const auto next = must(*db, claim_phone_account{phone, some_day}).id;
    CHECK(next > bob);
    CHECK(must(*db, list_due_erasures{due}).users.empty());
  }
  SUBCASE("what is known of the codes of phones that it has left goes, too") {
    const std::string left = "+8613800138001";  // Hers before.
    const std::string anew = "+8613800138002";  // Hers before, asked for again since.
    const std::string taken = "+8613800138003"; // Hers before, now Bob's.
    const std::string other = "+8613800138004"; // Never hers.
    for (const auto& one : {left, anew, taken, other}) {
      auto message = sample_message(one, some_day);
      message.purpose = "login";
      message.account = one == other ? bob : ann;
      must(*db, submit_message{message, {}});
      must(*db, save_code_state{
                    {{one, "login"},
                     {.codes = {}, .last_sent = some_day + seconds{one == anew ? 1 : 0}},
                     due}});
    }
    must(*db, claim_phone_account{taken, some_day});
    must(*db, accounts.deletion(ann, "a", due));
    accounts.erase(ann, due, 1);
    std::vector<std::string> kept;
    for (const auto& one : must(*db, load_code_states{some_day}).states)
      kept.push_back(one.key.phone);
    std::ranges::sort(kept);
    CHECK(kept == std::vector<std::string>{anew, taken, other});
  }
  SUBCASE(
      "an erasure that has begun is not taken back, and goes on wherever it stopped") {
    articles.publish(ann, "one");
    must(*db, accounts.deletion(ann, "a", due));
    CHECK_FALSE(must(*db, erase_account{ann, due}).finished);
    CHECK(error_of(*db, restore_account{accounts.opening(ann, "b")})
          == errc::user_not_found);
    CHECK(error_of(*db, accounts.opening(ann, "b")) == errc::user_not_found);
    CHECK(error_of(*db, edit_user{.id = ann, .nickname = "Ann", .now = due})
          == errc::user_not_found);
    CHECK(error_of(*db, set_password{ann, "hash", {}, due}) == errc::user_not_found);
    CHECK(error_of(*db, ban_account{ann, due}) == errc::user_not_found);
    CHECK(must(*db, list_due_erasures{due}).users == std::vector<user_id>{ann});
    accounts.erase(ann, due);
    CHECK(must(*db, list_due_erasures{due}).users.empty());
  }
  SUBCASE("the export reads all that is held") {
    const auto shown = articles.publish(ann, "shown");
    const auto hidden = articles.publish(ann, "hidden");
    const auto draft = articles.draft(ann, "draft");
    must(*db, take_article_down{hidden, some_day});
    articles.like(shown, ann);
    must(*db, collect_article{shown, ann, 3, some_day});
    must(*db, submit_message{sample_message(phone, some_day), {}});
    std::vector<own_article> all;
    for (article_id after = 0;;) {
      auto page = must(*fixture->reader(), next_own_article{ann, after});
      if (page.empty())
        break;
      after = page.front().own.summary.id;
      all.push_back(std::move(page.front()));
    }
    REQUIRE(all.size() == 3);
    CHECK(all[0].own.summary.id == shown);
    CHECK(all[0].public_title == "shown");
    CHECK_FALSE(all[0].hidden);
    CHECK(all[1].own.summary.id == hidden);
    CHECK(all[1].public_content == "<p>hidden</p>");
    CHECK(all[1].hidden);
    CHECK(all[2].own.summary.id == draft);
    CHECK_FALSE(all[2].public_title.has_value());
    REQUIRE(must(*db, list_own_likes{ann, 0, 10}).size() == 1);
    CHECK(must(*db, list_own_likes{ann, shown, 10}).empty());
    CHECK(must(*db, list_own_collected{ann, 0, 10}).front().collection == 3);
    CHECK(must(*db, list_own_messages{ann, 0, 10}).size() == 1);
    CHECK(must(*db, list_own_messages{bob, 0, 10}).empty());
    CHECK(must(*db, next_own_article{bob, 0}).empty());
  }
}

} // namespace tinybook::test
