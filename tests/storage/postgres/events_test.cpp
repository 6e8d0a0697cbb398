#include "tests/storage/conformance/article_samples.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>
#include <pqxx/pqxx>

#include <chrono>
#include <string>

namespace tinybook::test {

namespace {

/// Two replicas over the database of `fixture`.
struct two_replicas {
  std::unique_ptr<storage::connection> open(const std::string& name) {
    auto options = postgres_at(shared_postgres().url("conformance"));
    options.replica = name;
    databases.push_back(open_postgres(options));
    return databases.back()->open_writer().value();
  }

  postgres_fixture fixture;
  std::vector<std::unique_ptr<storage::postgres_database>> databases;
  std::unique_ptr<storage::connection> one = open("one");
  std::unique_ptr<storage::connection> two = open("two");
  article_client client{*one};
  user_id user = new_user(*one, "a@example.org");
};

constexpr auto never = std::chrono::hours{24 * 365 * 100};

} // namespace

TEST_CASE("a replica gets its own events; another's hold back the mark until orphaned") {
  two_replicas r;
  const auto now = system_now();
  const auto article = r.client.publish(r.user, "title");
  must(*r.two, storage::like_article{article, r.user, true, now, {}});

  const auto of_one = must(*r.one, storage::pending_events{100, now, never});
  const auto of_two = must(*r.two, storage::pending_events{100, now, never});
  REQUIRE(of_one.events.size() == 1);
  REQUIRE(of_two.events.size() == 1);
  CHECK(of_one.events.front().event.cnt == 0);
  CHECK(of_two.events.front().event.cnt == 1);
  CHECK(of_one.complete_until == of_two.events.front().stored_at);

  // The first was stored on a day long ago.
  const auto orphans =
      must(*r.two, storage::pending_events{100, now, std::chrono::hours{1}});
  CHECK(orphans.events.size() == 2);
  CHECK(orphans.complete_until > now - std::chrono::seconds{10});
}

TEST_CASE("events beyond the limit hold the mark back") {
  two_replicas r;
  const auto article = r.client.publish(r.user, "title");
  must(*r.one, storage::like_article{
                   article, r.user, true, some_day + std::chrono::seconds{5}, {}});
  const auto some = must(*r.one, storage::pending_events{1, some_day, never});
  REQUIRE(some.events.size() == 1);
  CHECK(some.complete_until == some_day + std::chrono::seconds{5});
  must(*r.one, storage::remove_events{{some.events.front().id}});
  CHECK(must(*r.one, storage::pending_events{1, some_day, never}).events.size() == 1);
}

TEST_CASE("without events the mark is the database's own time") {
  two_replicas r;
  const auto before = system_now() - std::chrono::milliseconds{1};
  const auto none = must(*r.one, storage::pending_events{1, some_day, never});
  CHECK(none.events.empty());
  CHECK(none.complete_until >= before);
  CHECK(none.complete_until <= system_now());
}

TEST_CASE("an event is not stored in the future, whatever the command says") {
  two_replicas r;
  const auto later = system_now() + std::chrono::hours{1};
  const auto article =
      must(*r.one, storage::publish_article{article_client::text(r.user, "title"), later})
          .id;
  must(*r.one, storage::like_article{article, r.user, true, later, {}});
  for (const auto& e : must(*r.one, storage::pending_events{10, later, never}).events)
    CHECK(e.stored_at <= system_now());
}

} // namespace tinybook::test
