#include "tests/blackbox/at_once.hpp"
#include "tests/blackbox/fixture.hpp"

#include <atomic>

namespace tinybook::test {

using nlohmann::json;

TEST_CASE_FIXTURE(running_server,
                  "of two clients that race for one code exactly one wins") {
  for (int round = 0; round < 10; ++round) {
    auto phone = "+86138001380" + std::to_string(10 + round);
    auto asker = browser();
    REQUIRE(asker.send_code(phone).status == 200);
    auto code = code_for(phone);
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    at_once(2, [&](int) {
      auto rival = browser();
      auto a = rival.log_in_by_code(phone, code);
      won += a.status == 200 ? 1 : 0;
      lost += a.error() == "wrong_code" ? 1 : 0;
    });
    CHECK(won == 1);
    CHECK(lost == 1);
  }
}

TEST_CASE_FIXTURE(running_server,
                  "likes of 50 clients at once are all counted, each once") {
  constexpr int people = 50;
  auto author = person("author");
  auto id = author.post("/articles/publish", {{"title", "T"}, {"content", "c"}})
                .data()
                .get<std::int64_t>();
  std::vector<client> readers;
  for (int i = 0; i < people; ++i)
    readers.push_back(person("reader" + std::to_string(i)));
  std::atomic<int> accepted{0};
  at_once(people, [&](int i) {
    for (int again = 0; again < 3; ++again)
      accepted += readers[static_cast<std::size_t>(i)]
                              .post("/articles/like", {{"id", id}, {"like", true}})
                              .status
                          == 200
                      ? 1
                      : 0;
  });
  CHECK(accepted == 3 * people);
  CHECK(author.get("/articles/pub/" + std::to_string(id)).data()["likeCnt"] == people);
  // The board follows within its refresh period.
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  json row = json::object();
  while (std::chrono::steady_clock::now() < until && row.value("likeCnt", 0) != people) {
    auto items = author.get("/articles/rank/1").data().value("items", json::array());
    row = items.empty() ? json::object() : items[0];
  }
  CHECK(row.value("likeCnt", 0) == people);
}

} // namespace tinybook::test
