#include "tests/blackbox/cluster_load.hpp"

#include <set>

namespace tinybook::test {

TEST_CASE("boards equal the database after replicas were killed under likes") {
  auto& w = shared_cluster();
  cluster_load load{w, "killed", 8};
  load.expect_kills(true);
  for (std::size_t round = 0; round < 4; ++round) {
    auto victim = round % 2;
    load.run_on({0, 1});
    REQUIRE(load.goes_on(150, 30s));
    w.kill(victim);
    load.run_on({1 - victim});
    REQUIRE(load.goes_on(100, 30s));
    w.start(victim);
  }
  load.run_on({0, 1});
  CHECK(load.goes_on(50, 30s));
  load.check(30s);
}

TEST_CASE("accepted messages are all sent though the replica that took them is killed") {
  auto& w = shared_cluster();
  std::vector<std::string> phones(60);
  for (auto& phone : phones)
    phone = w.new_phone();
  std::atomic<int> asked{0};
  std::set<std::string> accepted;
  std::mutex mutex;
  std::string under_way;
  std::thread killer{[&] {
    while (asked < 30)
      std::this_thread::yield();
    w.replica(1).signal(SIGKILL);
    under_way = w.sql("SELECT phone FROM sms_messages WHERE state = 1");
  }};
  std::vector<std::thread> askers;
  for (std::size_t t = 0; t < 4; ++t)
    askers.emplace_back([&, t] {
      auto here = w.browser(0);
      auto there = w.browser(1);
      for (std::size_t i = t; i < phones.size(); i += 4) {
        auto a = (i / 4 % 2 == 0 ? here : there).send_code(phones[i]);
        ++asked;
        std::lock_guard guard{mutex};
        if (a.status == 200)
          accepted.insert(phones[i]);
      }
    });
  for (auto& t : askers)
    t.join();
  killer.join();
  w.kill(1);
  CHECK(accepted.size() >= 30);
  // The other replica reclaims the leases of the killed one.
  CHECK(becomes(40s, [&] {
    return std::stoul(w.sql("SELECT count(*) FROM sms_messages WHERE state IN (0, 1)"))
           == 0;
  }));
  std::map<std::string, std::set<std::string>> references;
  std::map<std::string, int> copies;
  for (const auto& seen : w.provider.accepted()) {
    references[seen.sms.phone].insert(seen.sms.client_ref);
    ++copies[seen.sms.phone];
  }
  int twice = 0;
  for (const auto& phone : accepted) {
    CHECK_MESSAGE(references[phone].size() == 1, phone);
    if (copies[phone] == 1)
      continue;
    ++twice;
    // Only what was under way at the kill may come again, under the same reference.
    CHECK_MESSAGE(under_way.find(phone) != std::string::npos, phone);
  }
  MESSAGE(accepted.size() << " accepted, " << twice << " came twice");
}

} // namespace tinybook::test
