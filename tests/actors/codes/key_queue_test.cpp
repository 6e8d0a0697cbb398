#include "actors/codes/key_queue.hpp"
#include "tests/actors/codes/login_key.hpp"

#include <doctest/doctest.h>

#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook {

using test::login_key;

namespace {

const code_key other_phone_key{"+8613800138001", "login"};

} // namespace

TEST_CASE("an operation on a free key runs at once") {
  key_queue queue{4};
  int ran = 0;
  CHECK(queue.run(login_key, [&] { ++ran; }));
  CHECK(ran == 1);
  CHECK_FALSE(queue.held(login_key));
}

TEST_CASE("operations on a held key wait in order, those on others do not") {
  key_queue queue{4};
  std::vector<std::string> log;
  CHECK(queue.run(login_key, [&] { queue.hold(login_key); }));
  CHECK(queue.run(login_key, [&] { log.emplace_back("first"); }));
  CHECK(queue.run(login_key, [&] { log.emplace_back("second"); }));
  CHECK(queue.run(other_phone_key, [&] { log.emplace_back("other"); }));
  CHECK(log == std::vector<std::string>{"other"});
  queue.release(login_key);
  CHECK(log == std::vector<std::string>{"other", "first", "second"});
  CHECK(queue.waiting() == 0);
}

TEST_CASE("an operation that waited may hold the key in its turn") {
  key_queue queue{4};
  std::vector<int> log;
  CHECK(queue.run(login_key, [&] { queue.hold(login_key); }));
  CHECK(queue.run(login_key, [&] {
    log.push_back(1);
    queue.hold(login_key);
  }));
  CHECK(queue.run(login_key, [&] { log.push_back(2); }));
  queue.release(login_key);
  CHECK(log == std::vector<int>{1});
  CHECK(queue.held(login_key));
  queue.release(login_key);
  CHECK(log == std::vector<int>{1, 2});
}

TEST_CASE("an operation that holds and releases within itself lets the next one run") {
  key_queue queue{4};
  int ran = 0;
  CHECK(queue.run(login_key, [&] { queue.hold(login_key); }));
  for (int i = 0; i < 3; ++i)
    CHECK(queue.run(login_key, [&] {
      queue.hold(login_key);
      ++ran;
      queue.release(login_key);
    }));
  queue.release(login_key);
  CHECK(ran == 3);
  CHECK_FALSE(queue.held(login_key));
}

TEST_CASE("beyond its capacity nothing waits") {
  key_queue queue{1};
  CHECK(queue.run(login_key, [&] { queue.hold(login_key); }));
  CHECK(queue.run(login_key, [] {}));
  CHECK_FALSE(queue.run(login_key, [] {}));
  queue.release(login_key);
  CHECK(queue.run(login_key, [] {}));
}

TEST_CASE("releasing a key that nobody holds changes nothing") {
  key_queue queue{1};
  queue.release(login_key);
  CHECK_FALSE(queue.held(login_key));
}

TEST_CASE("whatever the order, no two operations hold a key at once and none is lost") {
  CHECK(rc::check("", [](const std::vector<std::pair<bool, bool>>& steps) {
    key_queue queue{10'000};
    std::map<code_key, int> holders;
    int started = 0;
    int ran = 0;
    for (auto [first, begin] : steps) {
      const auto& key = first ? login_key : other_phone_key;
      if (begin) {
        ++started;
        RC_ASSERT(queue.run(key, [&queue, &holders, &ran, key] {
          ++ran;
          RC_ASSERT(++holders[key] == 1);
          queue.hold(key);
        }));
      } else if (queue.held(key)) {
        --holders[key];
        queue.release(key);
      }
    }
    for (const auto& key : {login_key, other_phone_key})
      while (queue.held(key)) {
        --holders[key];
        queue.release(key);
      }
    RC_ASSERT(ran == started);
    RC_ASSERT(queue.waiting() == 0U);
  }));
}

} // namespace tinybook
