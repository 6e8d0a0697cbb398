#include "tests/blackbox/cluster_test.hpp"

#include <array>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    if (!line.empty())
      out.push_back(line);
  return out;
}

/// The codes in Redis, key by key.
std::map<std::string, std::string> codes_in(redis_server& redis) {
  std::map<std::string, std::string> out;
  for (const auto& name : lines_of(redis.command({"KEYS", "tinybook:code:*"})))
    out[name] = redis.command({"DUMP", name});
  return out;
}

/// Phones for which a code was accepted.
class promised_codes {
 public:
  explicit promised_codes(cluster_world& w) : w_(w) {}

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      people_.push_back({w_.new_phone(), w_.browser(people_.size() % 2)});
      REQUIRE(people_.back().browser.send_code(people_.back().phone).status == 200);
    }
  }

  /// Each code arrives, logs in exactly once though it is entered on both replicas at
  /// once, and never again.
  void all_arrive_and_verify_once() {
    for (auto& [phone, browser] : people_) {
      CAPTURE(phone);
      const auto code = w_.code_for(phone);
      REQUIRE_FALSE(code.empty());
      client other = w_.browser(1);
      std::array<int, 2> statuses{};
      at_once(2, [&](int i) {
        statuses.at(i == 0 ? 0 : 1) = log_in(i == 0 ? browser : other, phone, code);
      });
      CHECK((statuses[0] == 200) != (statuses[1] == 200));
      client third = w_.browser(0);
      CHECK(log_in(third, phone, code) == 401);
    }
    CHECK(w_.sql("SELECT count(*) FROM sms_messages WHERE state = 3 AND verified_at = 0")
          == "0\n");
  }

 private:
  /// 503 asks to try again: Redis is not connected yet, or another request has entered
  /// the code and is not done.
  static int log_in(client& c, const std::string& phone, const std::string& code) {
    int status = 0;
    CHECK(becomes(15s, [&] {
      status = c.log_in_by_code(phone, code).status;
      return status != 503;
    }));
    return status;
  }

  struct person {
    std::string phone;
    client browser;
  };

  cluster_world& w_;
  std::vector<person> people_;
};

/// Redis loses its data while half of the codes are under way, most of them waiting for
/// the provider.
void live_through_loss(const std::function<void(cluster_world&)>& note,
                       const std::function<void(cluster_world&)>& lose) {
  auto& w = shared_cluster();
  w.provider.behave("0s ok answer-after=1s");
  promised_codes codes{w};
  codes.send(10);
  note(w);
  codes.send(10);
  lose(w);
  REQUIRE(w.ready());
  w.provider.behave("0s ok");
  codes.all_arrive_and_verify_once();
}

} // namespace

TEST_CASE("the ceiling of all codes counts those of both replicas") {
  auto& w = shared_cluster();
  for (std::size_t i = 0; i < 2; ++i) {
    w.kill(i);
    w.start(i, {"--set", "codes.sends_per_hour=6"});
  }
  for (std::size_t n = 0; n < 12; ++n) {
    const auto a = w.browser(n % 2).send_code(w.new_phone());
    CHECK(a.status == (n < 6 ? 200 : 429));
    if (n >= 6)
      CHECK(a.body.value("rule", "") == "codes.sends_per_hour");
  }
  for (std::size_t i = 0; i < 2; ++i)
    w.kill(i); // The next case starts them with their usual limits.
}

TEST_CASE("no accepted code is lost or used twice when Redis is flushed") {
  live_through_loss([](cluster_world&) {}, [](cluster_world& w) { w.redis.flush(); });
}

TEST_CASE("no accepted code is lost or used twice when Redis starts empty") {
  live_through_loss([](cluster_world&) {},
                    [](cluster_world& w) {
                      w.redis.kill_hard();
                      w.redis.start();
                    });
}

TEST_CASE("no accepted code is lost or used twice when an older Redis takes over") {
  std::map<std::string, std::string> before;
  live_through_loss([&](cluster_world& w) { before = codes_in(w.redis); },
                    [&](cluster_world& w) {
                      w.redis.flush();
                      for (const auto& [name, dump] : before)
                        w.redis.command({"RESTORE", name, "600000", dump});
                    });
}

} // namespace tinybook::test
