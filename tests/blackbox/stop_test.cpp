#include "tests/blackbox/fixture.hpp"

#include <atomic>
#include <signal.h>
#include <thread>

namespace tinybook::test {

TEST_CASE_FIXTURE(running_server,
                  "SIGTERM under load: every request that was sent has its answer") {
  constexpr int clients = 16;
  auto author = person("author");
  auto id = author.post("/articles/publish", {{"title", "T"}, {"content", "c"}})
                .data()
                .get<std::int64_t>();
  std::atomic<int> answered{0};
  std::atomic<int> unanswered{0};
  std::atomic<int> kind{0};
  std::atomic<bool> gone{false};
  std::vector<std::thread> load;
  for (int i = 0; i < clients; ++i)
    load.emplace_back([&, i] {
      // A connection for each request: if that is refused, the request was never sent.
      client c{process->port(), false};
      c.use_tokens(author.access(), author.refresh());
      for (int n = 0; !gone; ++n) {
        auto a = (n + i) % 3 == 0
                     ? c.post("/articles/like", {{"id", id}, {"like", n % 2 == 0}})
                     : c.get((n + i) % 3 == 1 ? "/users/profile" : "/articles/rank/10");
        if (a.refused())
          break;
        ++(a.status != 0 ? answered : unanswered);
        if (a.status == 0)
          kind = static_cast<int>(a.broken);
      }
    });
  while (answered < 500)
    std::this_thread::yield();
  process->signal(SIGTERM);
  auto status = process->wait_exit();
  gone = true;
  for (auto& t : load)
    t.join();
  REQUIRE(status.has_value());
  CHECK(*status == 0);
  CHECK_MESSAGE(unanswered == 0, "of httplib::Error ", kind.load());
  CHECK(answered >= 500);
}

TEST_CASE_FIXTURE(running_server,
                  "readyz turns 503 while the drain delay runs, and every "
                  "answer of both listeners says close") {
  process->kill_hard();
  options.insert(options.end(), {"--set", "http.drain_delay=3s"});
  start();
  auto c = browser();
  CHECK(c.get("/readyz").status == 200);
  process->signal(SIGTERM);
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{3};
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < until)
    status = c.get("/readyz").status;
  CHECK(status == 503);
  const auto ranking = browser().get("/articles/rank/10");
  CHECK(ranking.status == 200);
  CHECK(ranking.header("Connection") == "close");
  CHECK(admin().get("/metrics").header("Connection") == "close");
  CHECK(process->wait_exit() == 0);
}

TEST_CASE_FIXTURE(running_server,
                  "a log that nobody reads holds up neither requests nor the stop") {
  process->kill_hard();
  options.insert(options.end(), {"--set", R"(http.trusted_proxies=["127.0.0.0/8"])"});
  start();
  process->read_output(false);
  httplib::Client proxy{"127.0.0.1", process->port()};
  constexpr int refusals = 3000; // About six times what a pipe holds.
  int refused = 0;
  for (int n = 0; n < refusals; ++n) {
    const auto client = "10.0." + std::to_string(n / 250) + '.' + std::to_string(n % 250);
    const auto got = proxy.Get("/users/profile", {{"X-Forwarded-For", client}});
    refused += got && got->status == 401 ? 1 : 0;
  }
  CHECK(refused == refusals);
  CHECK(browser().get("/healthz").status == 200);
  process->signal(SIGTERM);
  CHECK(process->wait_exit() == 0);
}

TEST_CASE_FIXTURE(running_server, "what was accepted before a stop is there after it") {
  auto c = person("ann");
  CHECK(process->wait_exit(std::chrono::seconds{0}) == std::nullopt);
  process->signal(SIGINT);
  CHECK(process->wait_exit() == 0);
  start();
  CHECK(browser().log_in("ann@example.org", "correct horse").status == 200);
}

} // namespace tinybook::test
