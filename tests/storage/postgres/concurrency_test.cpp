#include "storage/session_store.hpp"
#include "tests/storage/conformance/article_samples.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

using storage::connection;

namespace {

using connections = std::vector<std::unique_ptr<connection>>;

connections connect(database_fixture& fixture, std::size_t count) {
  connections out;
  while (out.size() < count)
    out.push_back(fixture.writer());
  return out;
}

/// Runs `work` with each connection at once.
void at_once(connections& all, const std::function<void(connection&, int)>& work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < all.size(); ++i)
    threads.emplace_back([&, i] { work(*all[i], static_cast<int>(i)); });
  for (auto& t : threads)
    t.join();
}

/// Runs a command through a batch of its own, as a worker does.
template <class M>
result<typename M::reply> in_batch(connection& db, const M& command) {
  result<typename M::reply> out{errc::internal};
  const std::vector<connection::write> writes{[&] {
    out = db.run(command);
    return out.ok();
  }};
  if (auto written = db.write_batch(writes); !written)
    return written.error();
  return out;
}

} // namespace

TEST_CASE("claims of several connections at once never overlap and leave nothing") {
  postgres_fixture fixture;
  auto all = connect(fixture, 4);
  constexpr int messages = 400;
  for (int i = 0; i < messages; ++i) {
    auto m = sample_message("+86" + std::to_string(i), some_day);
    m.priority = i % 3;
    must(*all.front(), storage::submit_message{m, std::nullopt});
  }
  std::vector<std::vector<message_id>> claimed(all.size());
  at_once(all, [&](connection& db, int who) {
    for (int idle = 0; idle < 3;) {
      auto got =
          in_batch(db, storage::claim_messages{some_day, std::chrono::seconds{30}, 7});
      if (!got || got->messages.empty()) {
        ++idle;
        continue;
      }
      for (const auto& m : got->messages) {
        claimed[static_cast<std::size_t>(who)].push_back(m.id);
        static_cast<void>(
            in_batch(db, ending(m.id, m.lease_token, storage::message_state::delivered,
                                some_day)));
      }
    }
  });
  std::multiset<message_id> ids;
  for (const auto& some : claimed)
    ids.insert(some.begin(), some.end());
  CHECK(ids.size() == messages);
  CHECK(std::set<message_id>(ids.begin(), ids.end()).size() == messages);
  CHECK(must(*all.front(), storage::count_messages{}).delivered == messages);
}

TEST_CASE("of submits for one phone at once exactly one is stored") {
  postgres_fixture fixture;
  auto all = connect(fixture, 6);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> stored{0};
    std::atomic<int> pending{0};
    at_once(all, [&](connection& db, int) {
      auto out = in_batch(
          db, storage::submit_message{
                  sample_message("+1" + std::to_string(round), some_day), std::nullopt});
      if (out)
        ++stored;
      else if (out.error().code == errc::sms_pending)
        ++pending;
    });
    CHECK(stored == 1);
    CHECK(pending == 5);
  }
}

TEST_CASE("the same idempotency key from several connections at once is one message") {
  postgres_fixture fixture;
  auto all = connect(fixture, 6);
  auto m = sample_message("+1", some_day);
  m.idempotency_key = "key";
  std::vector<message_id> ids(all.size());
  at_once(all, [&](connection& db, int who) {
    auto out = in_batch(db, storage::submit_message{m, std::nullopt});
    ids[static_cast<std::size_t>(who)] = out ? out->id : 0;
  });
  CHECK(ids.front() != 0);
  CHECK(std::count(ids.begin(), ids.end(), ids.front()) == std::ssize(ids));
}

TEST_CASE("likes and unlikes from several connections at once count as sets") {
  postgres_fixture fixture;
  auto all = connect(fixture, 4);
  article_client client(*all.front());
  std::vector<user_id> users;
  for (int i = 0; i < 8; ++i)
    users.push_back(new_user(*all.front(), std::to_string(i) + "@example.org"));
  std::vector<article_id> articles;
  for (int i = 0; i < 3; ++i)
    articles.push_back(client.publish(users.front(), "title"));
  std::atomic<int> failed{0};
  at_once(all, [&](connection& db, int who) {
    for (int i = 0; i < 30; ++i) {
      std::vector<connection::write> writes;
      for (int k = 0; k < 6; ++k) {
        const auto article = articles[static_cast<std::size_t>((i + k + who) % 3)];
        const auto user = users[static_cast<std::size_t>((i * k + who) % 8)];
        writes.emplace_back([&db, &failed, article, user, on = (i + k) % 3 != 0] {
          auto out = db.run(storage::like_article{article, user, on, some_day, {}});
          if (!out && out.error().code != errc::unavailable)
            ++failed;
          return out.ok();
        });
      }
      if (!db.write_batch(writes))
        ++failed;
    }
  });
  CHECK(failed == 0);
  auto& db = *all.front();
  std::map<article_id, std::int64_t> liked;
  for (const auto article : articles)
    for (const auto user : users)
      liked[article] += must(db, storage::find_public_article{article, user}).liked;
  std::map<article_id, article_event> newest;
  std::set<std::pair<article_id, std::int64_t>> versions;
  for (const auto& stored : must(db, storage::pending_events{100'000}).events) {
    CHECK(versions.emplace(stored.event.id, stored.event.ver).second);
    if (newest[stored.event.id].ver < stored.event.ver)
      newest[stored.event.id] = stored.event;
  }
  for (const auto& row : must(db, storage::list_board_rows{}).events) {
    CHECK(row.cnt == liked[row.id]);
    CHECK(newest[row.id].ver == row.ver);
    CHECK(newest[row.id].cnt == row.cnt);
  }
}

TEST_CASE("saves of one author at several connections at once do not pass the bounds "
          "together") {
  postgres_fixture fixture;
  auto all = connect(fixture, 4);
  auto& db = *all.front();
  const auto author = new_user(db, "a@example.org");
  constexpr storage::article_bounds bounds{.articles = 12, .bytes = 1000};
  std::atomic<int> saved{0};
  std::atomic<int> failed{0};
  at_once(all, [&](connection& mine, int who) {
    for (int i = 0; i < 20; ++i) {
      auto text = article_client::text(author, "T");
      text.content = std::string(70, 'x');
      const auto now = some_day + std::chrono::milliseconds{4 * i + who};
      const auto out = mine.run(storage::publish_article{text, now, {}, bounds});
      if (out)
        ++saved;
      else if (out.error().code != errc::quota_reached)
        ++failed;
      // Frees a place, whose bytes count from then on no more.
      if (out && who == 0 && i % 4 == 0
          && mine.run(storage::delete_article{out->id, author, now}))
        --saved;
    }
  });
  CHECK(failed == 0);
  CHECK(saved == 12);
  const auto listed = must(db, storage::list_own_articles{author, 0, 100});
  CHECK(listed.items.size() == 12);
}

TEST_CASE("what a program deletes that does not count is no article when it matters") {
  postgres_fixture fixture;
  const auto db = fixture.writer();
  const auto author = new_user(*db, "a@example.org");
  const auto save = [&](int at) {
    return db->run(storage::save_draft{article_client::text(author, "T"),
                                       some_day + std::chrono::seconds{at},
                                       {},
                                       {.articles = 2}});
  };
  const auto older = save(1).value().id;
  REQUIRE(save(2).ok());
  REQUIRE(save(3).error().code == errc::quota_reached);
  pqxx::connection other(shared_postgres().url("conformance"));
  pqxx::work work(other);
  work.exec("DELETE FROM articles WHERE id = " + std::to_string(older));
  work.commit();
  CHECK(save(4).ok());
  CHECK(save(5).error().code == errc::quota_reached);
}

TEST_CASE("two batches that deadlock both succeed") {
  postgres_fixture fixture;
  auto all = connect(fixture, 2);
  std::vector<std::string> families;
  const auto user = new_user(*all.front(), "a@example.org");
  for (const auto* id : {"f1", "f2"}) {
    must(*all.front(), storage::create_family{{.id = id,
                                               .user = user,
                                               .generation = 1,
                                               .rotated_at = some_day,
                                               .expires_at = some_day}});
    families.emplace_back(id);
  }
  std::atomic<int> first_done{0};
  std::atomic<int> good{0};
  at_once(all, [&](connection& db, int who) {
    const auto rotate = [&db](const std::string& id, std::int64_t generation) {
      auto out = db.run(storage::rotate_family{
          id, generation, some_day, std::chrono::seconds{10}, std::chrono::hours{1}});
      return out.ok();
    };
    std::vector<result<done>> outcomes(2, result<done>{errc::internal});
    const std::vector<connection::write> writes{
        [&] {
          const auto kept = rotate(families[who == 0 ? 0 : 1], 1);
          ++first_done;
          while (first_done < 2)
            std::this_thread::yield();
          outcomes[0] = kept ? result<done>{done{}} : result<done>{errc::internal};
          return kept;
        },
        [&] {
          const auto kept = rotate(families[who == 0 ? 1 : 0], 1);
          outcomes[1] = kept ? result<done>{done{}} : result<done>{errc::internal};
          return kept;
        }};
    if (db.write_batch(writes) && outcomes[0] && outcomes[1])
      ++good;
  });
  CHECK(good == 2);
}

TEST_CASE("a write that waits for a locked article does not hold up its batch") {
  postgres_fixture fixture;
  auto db = fixture.writer();
  article_client client(*db);
  const auto user = new_user(*db, "a@example.org");
  const auto article = client.publish(user, "title");
  pqxx::connection other(shared_postgres().url("conformance"));
  auto holder = std::make_unique<pqxx::work>(other);
  holder->exec("SELECT 1 FROM article_stats FOR UPDATE");
  errc liked = errc::none;
  errc signed_up = errc::internal;
  const std::vector<connection::write> writes{
      [&] {
        auto out = db->run(storage::like_article{article, user, true, some_day, {}});
        liked = out.ok() ? errc::none : out.error().code;
        return out.ok();
      },
      [&] {
        auto out = db->run(storage::create_user{"b", "h", some_day});
        signed_up = out.ok() ? errc::none : out.error().code;
        return out.ok();
      }};
  REQUIRE(db->write_batch(writes).ok());
  CHECK(liked == errc::database_busy);
  CHECK(signed_up == errc::none);
  holder.reset();
  REQUIRE(db->write_batch(writes).ok());
  CHECK(liked == errc::none);
}

TEST_CASE("a statement that aborts a batch fails only its own write") {
  postgres_fixture fixture;
  auto db = fixture.writer();
  errc broken = errc::none;
  const auto sign_up = [&](const std::string& email) {
    return db->run(storage::create_user{email, "h", some_day}).ok();
  };
  const std::vector<connection::write> writes{
      [&] { return sign_up("a"); },
      [&] {
        // No priority column holds such a state: the check of the table refuses it.
        storage::finish_message end =
            ending(1, 1, storage::message_state::dead, some_day);
        end.state = static_cast<storage::message_state>(9);
        auto m = sample_message("+1", some_day);
        static_cast<void>(db->run(storage::submit_message{m, std::nullopt}));
        auto claimed =
            db->run(storage::claim_messages{some_day, std::chrono::seconds{5}, 1});
        if (!claimed || claimed->messages.empty())
          return false;
        end.id = claimed->messages.front().id;
        end.token = claimed->messages.front().lease_token;
        auto out = db->run(end);
        broken = out.ok() ? errc::none : out.error().code;
        return out.ok();
      },
      [&] {
        return sign_up("b");
      }};
  REQUIRE(db->write_batch(writes).ok());
  CHECK(broken == errc::internal);
  CHECK(error_of(*db, storage::find_user_by_email{"a"}) == errc::none);
  CHECK(error_of(*db, storage::find_user_by_email{"b"}) == errc::none);
  CHECK(must(*db, storage::count_messages{}).leased == 0);
}

} // namespace tinybook::test
