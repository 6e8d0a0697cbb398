#include "actors/articles/article_cleaner.hpp"
#include "actors/articles/articles.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "storage/user_store.hpp"
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

struct articles_world : test::sqlite_fixture {
  articles_config config = articles_from(test::default_settings());
  user_id author = on_store(storage::create_user{"a@example.org", "h", now()}).value().id;
  address<article_cleaner_actor> cleaner{
      std::make_shared<actor_meter>("article-cleaner", "cleaner", "test")};
  address<rate_limiter_actor> limiter{
      std::make_shared<actor_meter>("rate-limiter", "rate limiter", "test")};
  handle_of<articles_actor> articles;

  articles_world() {
    start<article_cleaner_actor, cleaning_worker_state>(cleaner, html_limits{});
    start<rate_limiter_actor, local_rate_limiter_state>(limiter,
                                                        local_rate_limiter_config{1000});
    begin();
  }
  ~articles_world() {
    articles = nullptr;
    cleaner.clear();
    limiter.clear();
  }

  /// The actor with the present config, in place of the one before.
  void begin() {
    articles = start<articles_actor, articles_state>(
        "articles", config, store_address<writing_store_actor>{store()}, cleaner, limiter,
        clock());
  }
  result<storage::saved_article> save(article_id id, const std::string& content,
                                      bool publish = false,
                                      std::optional<storage::repeatable> repeat = {}) {
    return ask(articles, save_article{id, author, "T", content, publish, repeat});
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

TEST_CASE("by default a person saves 60 times an hour and 300 a day, likes 120 times a "
          "minute, and has 10 000 articles of 200 MiB") {
  const auto by_default = articles_from(test::default_settings());
  CHECK(by_default.saves_hour == rate_limit{60, 1h});
  CHECK(by_default.saves_day == rate_limit{300, 24h});
  CHECK(by_default.likes_minute == rate_limit{120, 1min});
  CHECK(by_default.bounds.articles == 10'000);
  CHECK(by_default.bounds.bytes == 200 * 1024 * 1024);
}

TEST_CASE_FIXTURE(articles_world, "saves of one author have a limit an hour and a day, "
                                  "drafts and publishing together, which is named") {
  config.saves_hour = {3, 1h};
  config.saves_day = {5, 24h};
  begin();
  CHECK(save(0, "c").ok());
  advance(10min);
  CHECK(save(0, "c", true).ok());
  CHECK(save(0, "c").ok());
  auto refused = save(0, "c", true);
  REQUIRE(refused.error().code == errc::rate_limited);
  CHECK(refused.error().rule == limit_rule::saves_hour);
  CHECK(refused.error().retry_after == 50min);
  const auto other = on_store(storage::create_user{"b@example.org", "h", now()});
  CHECK(ask(articles, save_article{0, other->id, "T", "c", false}).ok());
  advance(60min);
  CHECK(save(0, "c").ok());
  CHECK(save(0, "c").ok());
  refused = save(0, "c");
  REQUIRE(refused.error().code == errc::rate_limited);
  CHECK(refused.error().rule == limit_rule::saves_day);
  CHECK(refused.error().retry_after == 24h - 70min);
  CHECK(gauge_of(articles, "limited_saves") == 2);
}

TEST_CASE_FIXTURE(articles_world,
                  "what was not written does not count as a save, nor does "
                  "the same save again") {
  config.saves_hour = {2, 1h};
  begin();
  for (int i = 0; i < 5; ++i) {
    CHECK(ask(articles, save_article{0, author, "", "c", false}).error().code
          == errc::invalid_field);
    CHECK(save(77, "c").error().code == errc::article_not_found);
  }
  const storage::repeatable key{"k", "r"};
  const auto first = save(0, "c", true, key).value();
  CHECK_FALSE(first.repeated);
  for (int i = 0; i < 5; ++i) {
    const auto again = save(0, "c", true, key).value();
    CHECK(again.id == first.id);
    CHECK(again.repeated);
  }
  CHECK(save(0, "c").ok());
  CHECK(save(0, "c").error().code == errc::rate_limited);
}

TEST_CASE_FIXTURE(articles_world, "a save that may come about though nobody waits for it "
                                  "any more counts") {
  config.saves_hour = {2, 1h};
  begin();
  const auto stored = writer.get();
  auto silent = sys.spawn([](caf::event_based_actor* on) -> caf::behavior {
    on->set_default_handler(caf::skip);
    return {[](int) {
    }};
  });
  writer.set(caf::actor_cast<handle_of<store_actor::writer>>(silent));
  auto request =
      self->request(articles, caf::infinite, save_article{0, author, "T", "c", false});
  advance(config.request_timeout + 1s);
  errc code = errc::none;
  request.receive([](storage::saved_article&) {},
                  [&](caf::error& e) { code = to_failure(e, "articles").code; });
  CHECK(code == errc::deadline_exceeded);
  writer.set(stored);
  caf::anon_send_exit(silent, caf::exit_reason::kill);
  CHECK(save(0, "c").ok());
  CHECK(save(0, "c").error().code == errc::rate_limited);
}

TEST_CASE_FIXTURE(articles_world, "an author has so many articles and so many bytes of "
                                  "them, and can shorten and delete") {
  config.bounds = {.articles = 2, .bytes = 10};
  config.saves_hour = {};
  begin();
  const auto first = save(0, "12345").value().id;
  CHECK(save(0, "123456").error().rule == limit_rule::bytes_of_person);
  const auto second = save(0, "12345", true).value().id;
  auto refused = save(0, "");
  REQUIRE(refused.error().code == errc::quota_reached);
  CHECK(refused.error().rule == limit_rule::articles_of_person);
  CHECK(save(second, "123456").error().code == errc::quota_reached);
  CHECK(save(first, "1234").ok());
  CHECK(save(second, "123456").ok());
  CHECK(ask(articles, delete_own_article{first, author}).ok());
  CHECK(save(0, "1234").ok());
}

TEST_CASE_FIXTURE(articles_world, "who has as many articles as may be cannot have them "
                                  "counted without end") {
  config.bounds = {.articles = 1};
  config.saves_hour = {3, 1h};
  begin();
  CHECK(save(0, "c").ok());
  CHECK(save(0, "c").error().code == errc::quota_reached);
  CHECK(save(0, "c").error().code == errc::quota_reached);
  CHECK(save(0, "c").error().code == errc::rate_limited);
}

TEST_CASE_FIXTURE(articles_world,
                  "without a limiter nothing is saved, and without limits "
                  "nobody is asked") {
  limiter.clear();
  CHECK(save(0, "c").error().code == errc::unavailable);
  config.saves_hour = {};
  config.saves_day = {};
  begin();
  CHECK(save(0, "c").ok());
}

TEST_CASE_FIXTURE(articles_world, "what one person collects has the limit of likes, and "
                                  "counts apart from those") {
  config.likes_minute = {2, 1min};
  begin();
  const auto id = publish("T", "c");
  const auto collect = [&](std::int64_t into) {
    return ask(articles, add_to_collection{id, author, into});
  };
  CHECK(collect(1).ok());
  CHECK(ask(articles, set_like{id, author, true}).ok());
  CHECK(collect(2).ok());
  CHECK(collect(3).error().rule == limit_rule::likes_minute);
  advance(1min);
  CHECK(collect(3).ok());
}

TEST_CASE_FIXTURE(articles_world, "likes of one person have a limit a minute, which the "
                                  "likes of others do not touch") {
  config.likes_minute = {3, 1min};
  begin();
  const auto id = publish("T", "c");
  const auto like = [&](user_id who, bool on) {
    return ask(articles, set_like{id, who, on});
  };
  CHECK(like(author, true).ok());
  advance(20s);
  CHECK(like(author, false).ok());
  CHECK(like(author, true).ok());
  const auto refused = like(author, false);
  REQUIRE(refused.error().code == errc::rate_limited);
  CHECK(refused.error().rule == limit_rule::likes_minute);
  CHECK(refused.error().retry_after == 40s);
  const auto other = on_store(storage::create_user{"b@example.org", "h", now()});
  CHECK(like(other->id, true).ok());
  advance(40s);
  CHECK(like(author, false).ok());
  CHECK(gauge_of(articles, "limited_likes") == 1);
}

TEST_CASE_FIXTURE(articles_world, "with a limit of 0 likes are not counted") {
  config.likes_minute = {};
  begin();
  const auto id = publish("T", "c");
  limiter.clear();
  for (int i = 0; i < 200; ++i)
    CHECK(ask(articles, set_like{id, author, i % 2 == 0}).ok());
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
