#include "actors/articles/article_cleaner.hpp"
#include "actors/articles/articles.hpp"
#include "storage/user_store.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/sqlite_fixture.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

struct articles_world : test::sqlite_fixture {
  user_id author = on_store(storage::create_user{"a@example.org", "h", now()}).value().id;
  address<article_cleaner_actor> cleaner{
      std::make_shared<actor_meter>("article-cleaner", "cleaner", "test")};
  handle_of<articles_actor> articles = start<articles_actor, articles_state>(
      "articles", articles_from(test::default_settings()),
      store_address<writing_store_actor>{store()}, cleaner, clock());

  articles_world() {
    start<article_cleaner_actor, cleaning_worker_state>(cleaner, html_limits{});
  }
  ~articles_world() {
    articles = nullptr;
    cleaner.clear();
  }

  article_id publish(const std::string& title, const std::string& content) {
    return ask(articles, save_article{0, author, title, content, true}).value().id;
  }
  result<storage::article_detail> shown(article_id id) {
    return on_store(storage::find_public_article{id, 0});
  }
  std::int64_t stored_reads(article_id id) { return shown(id).value().read_count; }
  void read(article_id id) {
    caf::anon_send(articles, article_read{id});
    run();
  }
};

} // namespace

TEST_CASE_FIXTURE(articles_world, "reads are written once a period, together") {
  auto id = publish("T", "c");
  auto other = publish("T", "c");
  read(id);
  read(other);
  read(id);
  CHECK(stored_reads(id) == 0);
  advance(1100ms);
  CHECK(stored_reads(id) == 2);
  CHECK(stored_reads(other) == 1);
  read(id);
  advance(1100ms);
  CHECK(stored_reads(id) == 3);
}

TEST_CASE_FIXTURE(articles_world, "reads that wait are written at the stop") {
  auto id = publish("T", "c");
  read(id);
  caf::anon_send(articles, shut_down{});
  run();
  CHECK(stored_reads(id) == 1);
}

TEST_CASE_FIXTURE(articles_world, "content is cleaned before it is stored") {
  auto id = publish("T", "<b onclick='x()'>hi</b><script>alert(1)</script>");
  auto found = shown(id).value();
  CHECK(found.content == "<b>hi</b>");
  CHECK(found.summary.abstract == "hi");
}

TEST_CASE_FIXTURE(articles_world, "every refused field is named") {
  auto refused =
      ask(articles, save_article{0, author, "", std::string(100'001, 'x'), false});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::invalid_field);
  REQUIRE(refused.error().fields.size() == 2);
  CHECK(refused.error().fields[0].field == "title");
  CHECK(refused.error().fields[1].field == "content");
}

TEST_CASE_FIXTURE(articles_world, "only the author edits, withdraws and deletes") {
  auto id = publish("T", "c");
  auto other = author + 1;
  CHECK(ask(articles, save_article{id, other, "T", "c", false}).error().code
        == errc::not_author);
  CHECK(ask(articles, withdraw_own_article{id, other}).error().code == errc::not_author);
  CHECK(ask(articles, delete_own_article{id, other}).error().code == errc::not_author);
  CHECK(ask(articles, delete_own_article{id, author}).ok());
  CHECK(shown(id).error().code == errc::article_not_found);
}

TEST_CASE_FIXTURE(articles_world,
                  "a store that is down answers unavailable, and nothing hangs") {
  auto id = publish("T", "c");
  caf::anon_send_exit(writer.get(), caf::exit_reason::kill);
  run();
  CHECK(ask(articles, set_like{id, author, true}).error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(articles_world, "two saves of one author run at once, a third is "
                                  "refused, and other authors are served meanwhile") {
  auto other = on_store(storage::create_user{"b@example.org", "h", now()}).value().id;
  std::vector<std::function<errc()>> answers;
  std::vector<std::shared_ptr<caf::scoped_actor>> clients;
  const auto save = [&](user_id who) {
    auto client = std::make_shared<caf::scoped_actor>(sys);
    auto request = (*client)->request(articles, caf::infinite,
                                      save_article{0, who, "T", "c", false});
    answers.emplace_back([client, request]() mutable {
      errc out = errc::none;
      request.receive([](storage::saved_article&) {},
                      [&](caf::error& e) { out = to_failure(e, "articles").code; });
      return out;
    });
  };
  for (int i = 0; i < 3; ++i)
    save(author);
  save(other);
  run();
  std::vector<errc> codes;
  for (auto& answer : answers)
    codes.push_back(answer());
  CHECK(codes == std::vector{errc::none, errc::none, errc::rate_limited, errc::none});
  CHECK(ask(articles, save_article{0, author, "T", "c", false}).ok());
  CHECK(gauge_of(articles, "saves_under_way") == 0);
}

TEST_CASE_FIXTURE(articles_world, "what is left of a content may be nothing, if it may") {
  const auto publish = [&](const std::string& content, bool needed) {
    return ask(articles, save_article{0, author, "T", content, true, {}, needed});
  };
  CHECK(publish("<script>x</script>", false).ok());
  const auto refused = publish("<script>x</script>", true);
  REQUIRE(refused.error().code == errc::invalid_field);
  CHECK(refused.error().fields.at(0).field == "content");
  // So it is with what nobody sees, however much of it there is.
  CHECK_FALSE(publish("&#8203;", true).ok());
  std::string unseen;
  for (int i = 0; i < 200; ++i)
    unseen += "\u200b";
  CHECK_FALSE(publish(unseen, true).ok());
  CHECK(publish(unseen + "x", true).ok());
}

TEST_CASE_FIXTURE(articles_world, "a save gives its place back, however it ends") {
  for (int i = 0; i < 3; ++i)
    CHECK(ask(articles, save_article{0, author, "", "c", false}).error().code
          == errc::invalid_field);
  for (int i = 0; i < 3; ++i)
    CHECK(ask(articles, save_article{77, author, "T", "c", false}).error().code
          == errc::article_not_found);
  cleaner.clear();
  for (int i = 0; i < 3; ++i)
    CHECK(ask(articles, save_article{0, author, "T", "c", false}).error().code
          == errc::unavailable);
}

TEST_CASE_FIXTURE(articles_world,
                  "kept answers to repeated saves are removed after a day") {
  const storage::repeatable key{"k", "r"};
  const auto save = [&] {
    return ask(articles, save_article{0, author, "T", "c", false, key}).value().id;
  };
  const auto first = save();
  CHECK(save() == first);
  advance(23h, 1h);
  CHECK(save() == first);
  advance(3h, 1h);
  CHECK(on_store(storage::remove_kept_answers{now()}).value().rows == 0);
  CHECK(save() != first);
}

TEST_CASE_FIXTURE(articles_world, "a save that is under way when the actor is killed is "
                                  "answered") {
  auto silent = sys.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](int) {
    }};
  });
  cleaner.set(caf::actor_cast<handle_of<article_cleaner_actor>>(silent));
  auto request =
      self->request(articles, caf::infinite, save_article{0, author, "T", "c", false});
  sched.run_once();
  caf::anon_send_exit(articles, caf::exit_reason::kill);
  sched.run_once();
  errc code = errc::none;
  run();
  request.receive([](storage::saved_article&) {},
                  [&](caf::error& e) { code = to_failure(e, "articles").code; });
  CHECK(code == errc::unavailable);
  caf::anon_send_exit(silent, caf::exit_reason::kill);
}

} // namespace tinybook
