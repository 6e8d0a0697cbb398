#include "tests/blackbox/fixture.hpp"

#include <sqlite3.h>

#include <atomic>
#include <thread>

namespace tinybook::test {

namespace {

/// Holds the write lock of the database, as a stuck disk or a stray process would.
class frozen_database {
 public:
  explicit frozen_database(const std::filesystem::path& folder) {
    REQUIRE(sqlite3_open((folder / "tinybook.db").c_str(), &db_) == SQLITE_OK);
    sqlite3_busy_timeout(db_, 10'000);
    REQUIRE(sqlite3_exec(db_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~frozen_database() {
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(db_);
  }
  frozen_database(const frozen_database&) = delete;
  frozen_database& operator=(const frozen_database&) = delete;

 private:
  sqlite3* db_ = nullptr;
};

} // namespace

TEST_CASE("with the store frozen and log-ins saturated the ranking and healthz answer") {
  // Default costs: two cores are busy hashing for as long as the load lasts.
  running_server server{
      {"--set", "passwords.argon2_passes=2", "--set", "passwords.argon2_memory=64MiB"}};
  auto c = server.person("ann");
  auto id = c.post("/articles/publish", {{"title", "T"}, {"content", "c"}})
                .data()
                .get<std::int64_t>();
  std::atomic<bool> over{false};
  std::atomic<int> other{0};
  std::vector<std::thread> load;
  {
    frozen_database frozen{server.folder.path()};
    for (int i = 0; i < 48; ++i)
      load.emplace_back([&, i] {
        auto mine = server.browser();
        mine.use_tokens(c.access(), c.refresh());
        while (!over) {
          auto a = i % 2 == 0 ? mine.log_in("ann" + std::to_string(i) + "@example.org",
                                            "nothing here")
                              : mine.post("/articles/like", {{"id", id}, {"like", true}});
          // Proper refusals only: never a 500, always an answer.
          if (a.status != 401 && a.status != 429 && a.status != 503 && a.status != 504)
            ++other;
        }
      });
    auto reader = server.browser();
    for (int i = 0; i < 200; ++i) {
      auto began = std::chrono::steady_clock::now();
      CHECK(reader.get(i % 2 == 0 ? "/articles/rank/10" : "/healthz").status == 200);
      CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
    }
    over = true;
    for (auto& t : load)
      t.join();
  }
  CHECK(other == 0);
  // It recovers by itself.
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{15};
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until)
    status = c.post("/articles/like", {{"id", id}, {"like", true}}).status;
  CHECK(status == 200);
}

TEST_CASE("writes that wait for a held database answer in time, are not done afterwards, "
          "and /readyz and the log name the reason") {
  running_server server{{"--set", "http.deadline=2s", "--set",
                         "storage.busy_timeout=400ms", "--set",
                         "articles.saves_at_once=3"}};
  auto c = server.person("ann");
  const auto save = [](client& by, const std::string& title) {
    return by.post("/articles/edit", {{"title", title}, {"content", "c"}});
  };
  {
    const frozen_database frozen{server.folder.path()};
    std::vector<std::thread> writers;
    std::atomic<int> in_time{0};
    for (int i = 0; i < 3; ++i)
      writers.emplace_back([&] {
        auto mine = server.browser();
        mine.use_tokens(c.access(), c.refresh());
        const auto answer = save(mine, "held");
        in_time += answer.error() == "database_busy" || answer.status == 504 ? 1 : 0;
      });
    for (auto& one : writers)
      one.join();
    CHECK(in_time == 3);
    CHECK(server.browser().get("/readyz").data()["degraded"]
          == nlohmann::json{"database_busy"});
    CHECK(server.process->wait_output("database_busy", std::chrono::seconds{5}, true));
  }
  CHECK(save(c, "free").status == 200);
  const auto own = c.post("/articles/list", nlohmann::json::object()).data();
  REQUIRE(own.size() == 1);
  CHECK(own[0]["title"] == "free");
  CHECK(server.browser().get("/readyz").data()["degraded"].empty());
  CHECK(
      server.process->wait_output("database_busy_ended", std::chrono::seconds{5}, true));
}

} // namespace tinybook::test
