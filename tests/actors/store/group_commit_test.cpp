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
                  "a write that fails takes no other of its group with it") {
  auto answers = create_at_once({"a@example.org", "a@example.org", "b@example.org"});
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].ok());
  CHECK(answers[1].error().code == errc::email_taken);
  CHECK(answers[2].ok());
  CHECK(gauge("commits") == 1);
}

TEST_CASE_FIXTURE(group_commit, "a lone write does not wait for company") {
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

} // namespace tinybook
