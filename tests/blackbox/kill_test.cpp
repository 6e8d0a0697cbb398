#include "tests/blackbox/fixture.hpp"
#include "tests/blackbox/kill_ledger.hpp"
#include "tests/support/budgets.hpp"

#include <atomic>
#include <random>
#include <thread>

namespace tinybook::test {

using nlohmann::json;

namespace {

constexpr std::size_t people_under_load = 4;

struct kill_rounds : running_server {
  kill_ledger ledger;
  std::vector<client> persons;
  std::string printed; ///< By all processes so far.
  std::atomic<int> serial{0};
  int seed = 1;

  kill_rounds() {
    for (std::size_t i = 0; i < people_under_load; ++i)
      persons.push_back(person("person" + std::to_string(i)));
    for (int i = 0; i < 3; ++i)
      publish(persons[0]);
  }

  void publish(client& c) {
    auto a = c.post("/articles/publish", {{"title", "T"}, {"content", "c"}});
    if (a.status == 200)
      ledger.article(a.data().get<std::int64_t>());
  }

  /// What one client does until the server is gone.
  void live(std::size_t who, const std::vector<std::int64_t>& articles,
            unsigned rounds_seed) {
    std::mt19937 random{rounds_seed * 31U + static_cast<unsigned>(who)};
    client c{process->port()};
    c.use_tokens(persons[who].access(), persons[who].refresh());
    for (bool there = true; there;) {
      auto n = std::to_string(++serial);
      answer a;
      switch (random() % 6) {
      case 0:
        a = c.sign_up("new" + n + "@example.org", "correct horse");
        if (a.status == 200)
          ledger.account("new" + n + "@example.org");
        break;
      case 1:
        a = c.post("/articles/publish", {{"title", "T" + n}, {"content", "c"}});
        if (a.status == 200)
          ledger.article(a.data().get<std::int64_t>());
        break;
      case 2:
        a = send_code(c, n);
        break;
      case 3:
        a = log_in_and_out(who);
        break;
      default:
        a = toggle_like(c, who, articles[random() % articles.size()], random() % 2 == 0);
      }
      there = a.status != 0;
    }
  }

  answer send_code(client& c, const std::string& n) {
    auto phone = "+8613900" + std::string(6 - n.size(), '0') + n;
    auto a = c.send_code(phone);
    if (a.status == 200)
      ledger.code_accepted(phone);
    return a;
  }

  answer log_in_and_out(std::size_t who) {
    client c{process->port()};
    auto a = c.log_in("person" + std::to_string(who) + "@example.org", "correct horse");
    if (a.status != 200)
      return a;
    a = c.log_out();
    if (a.status == 200)
      ledger.logged_out({c.access(), c.refresh()});
    return a;
  }

  answer toggle_like(client& c, std::size_t who, std::int64_t id, bool like) {
    ledger.like({who, id}, std::nullopt);
    auto a = c.post("/articles/like", {{"id", id}, {"like", like}});
    if (a.status == 200)
      ledger.like({who, id}, like);
    return a;
  }

  void kill_under_load(unsigned round) {
    auto articles = ledger.articles;
    std::vector<std::thread> load;
    int before = serial;
    for (std::size_t i = 0; i < people_under_load; ++i)
      load.emplace_back([&, i] { live(i, articles, round); });
    // Each round kills at another moment of the load.
    while (serial < before + 20 + static_cast<int>(round * 37 % 120))
      std::this_thread::yield();
    process->kill_hard();
    for (auto& t : load)
      t.join();
    printed += process->standard_output();
    start();
  }

  void check_promises() {
    for (const auto& email : ledger.accounts)
      CHECK_MESSAGE(browser().log_in(email, "correct horse").status == 200, email);
    for (const auto& s : ledger.closed) {
      auto c = browser();
      c.use_tokens(s.access, s.refresh);
      CHECK(c.get("/users/profile").error() == "token_revoked");
      c.use_tokens(s.refresh, s.refresh);
      CHECK(c.get("/users/refresh_token").status == 401);
    }
    for (const auto& phone : ledger.phones)
      check_code(phone);
    check_likes();
    ledger.forget_checked();
  }

  /// The message arrives, before the kill or after the restart, with a code that logs in.
  void check_code(const std::string& phone) {
    if (printed.find("SMS to " + phone) == std::string::npos)
      CHECK_MESSAGE(process->wait_output("SMS to " + phone, std::chrono::seconds{20}),
                    phone);
    auto code = printed_code(printed + process->standard_output(), phone);
    REQUIRE_MESSAGE(code.has_value(), phone);
    CHECK_MESSAGE(browser().log_in_by_code(phone, *code).status == 200, phone);
  }

  /// Every like that was answered is there, and every count is the number of its members.
  void check_likes() {
    std::map<std::int64_t, std::int64_t> counts;
    for (auto id : ledger.articles) {
      auto path = "/articles/pub/" + std::to_string(id);
      for (std::size_t who = 0; who < people_under_load; ++who) {
        client c{process->port()};
        c.use_tokens(persons[who].access(), persons[who].refresh());
        const auto read = c.get(path);
        REQUIRE_MESSAGE(read.status == 200,
                        path << ": " << read.status << ' ' << read.text);
        auto detail = read.data();
        auto known = ledger.likes.find({who, id});
        if (known != ledger.likes.end() && known->second)
          CHECK(detail["liked"] == *known->second);
        else
          ledger.likes[{who, id}] = detail["liked"].get<bool>();
        counts[id] += detail["liked"] == true ? 1 : 0;
        if (who + 1 == people_under_load)
          CHECK(detail["likeCnt"] == counts[id]);
      }
    }
    check_ranking(counts);
    keep_few_articles();
  }

  void check_ranking(const std::map<std::int64_t, std::int64_t>& counts) {
    json items;
    auto right = [&] {
      items = browser().get("/articles/rank/100").data().value("items", json::array());
      std::map<std::int64_t, std::int64_t> shown;
      for (auto& item : items)
        shown[item["id"]] = item["likeCnt"];
      for (auto [id, likes] : counts)
        if (likes != (shown.count(id) != 0 ? shown[id] : 0))
          return false;
      return true;
    };
    auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    bool ok = right();
    while (!ok && std::chrono::steady_clock::now() < until)
      ok = right();
    CHECK_MESSAGE(ok, items.dump());
  }

  /// Keeps the cost of a round independent of the number of earlier ones.
  void keep_few_articles() {
    while (ledger.articles.size() > 6)
      ledger.articles.pop_back();
  }
};

} // namespace

TEST_CASE_FIXTURE(kill_rounds, "kill -9 under load loses nothing that was accepted") {
  auto rounds = budgets::kill_rounds.amount();
  for (int round = 1; round <= rounds; ++round) {
    INFO("round ", round);
    kill_under_load(static_cast<unsigned>(round));
    check_promises();
  }
  MESSAGE(rounds, " rounds, ", serial.load(), " requests");
}

} // namespace tinybook::test
