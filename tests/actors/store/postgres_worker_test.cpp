#include "storage/article_store.hpp"
#include "storage/user_store.hpp"
#include "tests/support/postgres_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook::test {

namespace {

struct one_worker : actor_fixture {
  double gauge(const std::string& name) { return gauge_of(replica.worker.get(), name); }

  postgres_replica replica{*this, shared_postgres().url(new_postgres_database()), "one",
                           false};
};

const meter_ptr& meter_of(const handle_of<store_actor::worker>& worker) {
  using shell = actor_of_state<store_actor::worker, postgres_worker_state>;
  return dynamic_cast<shell&>(*caf::actor_cast<caf::abstract_actor*>(worker)).meter();
}

} // namespace

TEST_CASE_FIXTURE(one_worker, "a worker reads and writes, and writes that wait share one "
                              "commit") {
  const auto to = replica.worker.get();
  std::vector<std::shared_ptr<caf::scoped_actor>> clients;
  int stored = 0;
  std::vector<std::function<void()>> receive;
  for (int i = 0; i < 40; ++i) {
    auto client = std::make_shared<caf::scoped_actor>(sys);
    auto request = (*client)->request(
        to, caf::infinite,
        storage::create_user{std::to_string(i) + "@example.org", "hash", now()});
    receive.emplace_back([&stored, client, request]() mutable {
      request.receive([&](storage::user&) { ++stored; }, [](caf::error&) {});
    });
  }
  run();
  for (auto& r : receive)
    r();
  CHECK(stored == 40);
  CHECK(gauge("commits") == 1);
  CHECK(replica.code_of(storage::find_user_by_email{"39@example.org"}) == errc::none);
  CHECK(replica.code_of(storage::find_user_by_email{"40@example.org"})
        == errc::user_not_found);
  CHECK(replica.code_of(storage::create_user{"1@example.org", "hash", now()})
        == errc::email_taken);
}

TEST_CASE_FIXTURE(one_worker, "a worker wakes the publisher after a commit with events") {
  auto author = ask(replica.worker.get(), storage::create_user{"a", "hash", now()});
  REQUIRE(author.ok());
  run();
  CHECK(replica.publisher.count == 0);
  storage::article_text text;
  text.author = author->id;
  text.title = "title";
  CHECK(replica.code_of(storage::publish_article{text, now()}) == errc::none);
  run();
  CHECK(replica.publisher.count == 1);
}

TEST_CASE_FIXTURE(actor_fixture,
                  "a worker reports a server that is away and reconnects by itself") {
  postgres_server server;
  postgres_replica replica(*this, server.url(), "one", false);
  const auto meter = meter_of(replica.worker.get());
  REQUIRE(replica.code_of(storage::find_user{1}) == errc::user_not_found);
  CHECK_FALSE(meter->health.has("postgres"));
  server.stop();
  CHECK(replica.code_of(storage::create_user{"a", "h", now()}) == errc::unavailable);
  CHECK(meter->health.has("postgres"));
  server.start();
  CHECK(replica.comes_true([&] { return !meter->health.has("postgres"); }));
  CHECK(replica.code_of(storage::create_user{"a", "h", now()}) == errc::none);
}

} // namespace tinybook::test
