#include "storage/user_store.hpp"
#include "tests/support/caught_lines.hpp"
#include "tests/support/sqlite_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook {

namespace {

struct group_commit : test::sqlite_fixture {
  /// Puts `n` sign-ups into the writer's mailbox before it runs, then collects the
  /// answers.
  std::vector<result<storage::user>>
  create_at_once(const std::vector<std::string>& emails) {
    std::vector<result<storage::user>> out;
    std::vector<std::shared_ptr<caf::scoped_actor>> clients;
    std::vector<std::function<void()>> receive;
    for (const auto& email : emails) {
      auto client = std::make_shared<caf::scoped_actor>(sys);
      auto request = (*client)->request(writer.get(), caf::infinite,
                                        storage::create_user{email, "hash", now()});
      receive.emplace_back([&out, client, request]() mutable {
        request.receive(
            [&](storage::user& u) { out.emplace_back(std::move(u)); },
            [&](caf::error& e) { out.emplace_back(to_failure(e, "writer")); });
      });
    }
    run();
    for (auto& r : receive)
      r();
    return out;
  }

  int users = 0;
  double gauge(const std::string& name) { return gauge_of(writer.get(), name); }
};

} // namespace

TEST_CASE_FIXTURE(group_commit, "writes that wait together share one commit") {
  std::vector<std::string> emails;
  for (int i = 0; i < 50; ++i)
    emails.push_back("u" + std::to_string(i) + "@example.org");
  auto answers = create_at_once(emails);
  REQUIRE(answers.size() == 50);
  for (const auto& a : answers)
    CHECK(a.ok());
  CHECK(gauge("commits") == 1);
  CHECK(gauge("writes") == 50);
  CHECK(on_store(storage::find_user_by_email{"u49@example.org"}).ok());
}

TEST_CASE_FIXTURE(group_commit,
                  "a write that fails does not fail the others of its group") {
  auto answers = create_at_once({"a@example.org", "a@example.org", "b@example.org"});
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].ok());
  CHECK(answers[1].error().code == errc::email_taken);
  CHECK(answers[2].ok());
  CHECK(gauge("commits") == 1);
}

TEST_CASE_FIXTURE(group_commit, "a single write does not wait for others") {
  CHECK(on_store(storage::create_user{"a@example.org", "hash", now()}).ok());
  CHECK(gauge("commits") == 1);
}

TEST_CASE_FIXTURE(group_commit,
                  "what waits when the writer is stopped is committed first") {
  auto request = self->request(writer.get(), caf::infinite,
                               storage::create_user{"a@example.org", "hash", now()});
  caf::anon_send(writer.get(), shut_down{});
  run();
  bool created = false;
  request.receive([&](storage::user&) { created = true; }, [](caf::error&) {});
  CHECK(created);
  CHECK(on_store(storage::find_user_by_email{"a@example.org"}).ok());
}

TEST_CASE_FIXTURE(group_commit,
                  "a full disk is logged once, shown while it lasts, and its "
                  "end is logged once") {
  const test::temporary_folder small_folder;
  auto small =
      storage::sqlite_database::open({.folder = small_folder.path(), .max_pages = 120});
  REQUIRE(small);
  const std::shared_ptr<storage::database> shared = std::move(*small);
  auto meter = std::make_shared<actor_meter>("small", "store worker", "test");
  auto full = start<store_actor::writer, store_writer_state>(
      meter, store_writer_config{256}, shared, publisher);
  test::caught_lines log;
  const auto sign_up = [&](std::size_t bytes) {
    return ask(full, storage::create_user{std::to_string(++users) + "@example.org",
                                          std::string(bytes, 'h'), now()});
  };
  REQUIRE(sign_up(10).ok());
  CHECK(meter->health.troubles().empty());
  CHECK(sign_up(1'000'000).error().code == errc::storage_full);
  CHECK(sign_up(1'000'000).error().code == errc::storage_full);
  REQUIRE(meter->health.troubles().size() == 1);
  CHECK(meter->health.troubles()[0].name == "storage_full");
  CHECK(meter->health.troubles()[0].level == health_level::failing);
  CHECK(log.take("storage_full").size() == 1);
  CHECK(log.lines.empty());
  CHECK(sign_up(10).ok());
  CHECK(meter->health.troubles().empty());
  CHECK(log.lines == std::vector<std::string>{"storage_full_ended actor=small"});
}

} // namespace tinybook
