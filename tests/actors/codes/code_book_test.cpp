#include "actors/codes/code_book.hpp"
#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <rapidcheck.h>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;
using test::wall_start;

namespace {

class book_fixture final : public test::code_cache_fixture {
 public:
  result<done> issue(const code_key& key, new_code code) override {
    auto issued = book_.issue(key, now_, std::move(code));
    if (!issued)
      return issued.error();
    return done{};
  }
  result<done> replace(const code_key& key, new_code code, std::int64_t lost) override {
    auto replaced = book_.replace(key, now_, lost, std::move(code));
    if (!replaced)
      return replaced.error();
    return done{};
  }
  verify_verdict try_one(const code_key& key,
                         const std::vector<candidate_hash>& candidates,
                         const std::string& asker, std::int64_t) override {
    return book_.verify(key, now_, candidates, asker).verdict;
  }
  void use(const code_ticket& ticket) override {
    const auto& key = ticket.use.key;
    book_.put(key, consume(*book_.find(key), ticket.use.codes), now_);
  }
  void let_go(const code_ticket&) override {}
  void lose() override {}
  bool wanted(const code_key& key, std::int64_t code_id) override {
    return book_.wanted(key, code_id, now_);
  }
  void withdraw(const code_key& key, std::int64_t code_id) override {
    book_.withdraw(key, code_id, now_);
  }
  void advance(std::chrono::milliseconds time) override { now_ += time; }

 private:
  code_book book_{test::default_codes(), 100};
  wall_time now_ = wall_start;
};

std::unique_ptr<test::code_cache_fixture> make_book() {
  return std::make_unique<book_fixture>();
}

code_key key_of(int phone) {
  return {"+86138" + std::to_string(10'000'000 + phone), "login"};
}

verify_outcome enter(code_book& book, int phone, wall_time now, const std::string& code,
                     const std::string& asker = "me") {
  std::vector<candidate_hash> candidates{{"k1", code}};
  const auto verified = book.verify(key_of(phone), now, candidates, asker);
  if (verified.verdict.outcome == verify_outcome::accepted)
    book.put(key_of(phone), consume(verified.state, verified.verdict.matched), now);
  return verified.verdict.outcome;
}

result<code_state> send(code_book& book, int phone, wall_time now,
                        const std::string& code = "right") {
  return book.issue(key_of(phone), now, {phone, code, "k1", "me"});
}

} // namespace

TEST_CASE("the code book conforms") {
  test::check_code_cache(make_book);
}

TEST_CASE("the code book answers what the rules answer") {
  test::check_code_cache_against_rules(make_book);
}

TEST_CASE(
    "a full book refuses a new phone, says for how long, and keeps every live code") {
  code_book book(test::default_codes(), 3);
  for (int phone = 0; phone < 3; ++phone)
    REQUIRE(send(book, phone, wall_start + phone * 1s));
  auto refused = send(book, 3, wall_start + 10s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::codes_full);
  CHECK(refused.error().retry_after == 590s);
  CHECK(send(book, 1, wall_start + 61s)); // A known phone needs no further room.
  for (int phone = 0; phone < 3; ++phone)
    CHECK(enter(book, phone, wall_start + 62s, "right") == verify_outcome::accepted);
}

TEST_CASE("the place of a code that has expired is free again") {
  code_book book(test::default_codes(), 2);
  REQUIRE(send(book, 0, wall_start));
  REQUIRE(send(book, 1, wall_start));
  CHECK_FALSE(send(book, 2, wall_start + 600s - 1ms));
  CHECK(send(book, 2, wall_start + 600s));
}

TEST_CASE("a full book forgets a cooldown before it forgets the day of the others") {
  code_book book(test::default_codes(), 2);
  REQUIRE(send(book, 0, wall_start));
  REQUIRE(send(book, 1, wall_start + 1s));
  CHECK(enter(book, 0, wall_start + 2s, "wrong", "") == verify_outcome::wrong);
  CHECK(enter(book, 0, wall_start + 2s, "right") == verify_outcome::accepted);
  CHECK(enter(book, 1, wall_start + 2s, "right") == verify_outcome::accepted);
  REQUIRE(send(book, 2, wall_start + 3s));
  CHECK(book.find(key_of(1)) == nullptr);
  REQUIRE(book.find(key_of(0)) != nullptr);
  CHECK(book.find(key_of(0))->others_used == 1);
  REQUIRE(send(book, 3, wall_start + 4s));
  CHECK(book.find(key_of(0)) == nullptr);
}

TEST_CASE("what was committed comes back, live codes even beyond the capacity") {
  std::vector<std::pair<code_key, code_state>> committed;
  for (int phone = 0; phone < 5; ++phone)
    committed.emplace_back(
        key_of(phone),
        *issue({}, wall_start, {phone, "right", "k1", "me"}, test::default_codes()));
  committed.emplace_back(key_of(5), code_state{{}, 0, {}, wall_start});
  code_book book(test::default_codes(), 3);
  for (const auto& [key, state] : committed)
    book.put(key, state, wall_start + 1s);
  CHECK(book.live() == 5);
  CHECK(book.find(key_of(5)) == nullptr);
  CHECK_FALSE(send(book, 6, wall_start + 1s));
  for (int phone = 0; phone < 5; ++phone)
    CHECK(enter(book, phone, wall_start + 2s, "right") == verify_outcome::accepted);
}

TEST_CASE("the state that an operation returns restores the book") {
  code_book book(test::default_codes(), 100);
  auto issued = send(book, 0, wall_start);
  REQUIRE(issued);
  std::vector<candidate_hash> candidates{{"k1", "wrong"}};
  auto verified = book.verify(key_of(0), wall_start, candidates, "me");
  code_book again(test::default_codes(), 100);
  again.put(key_of(0), verified.state, wall_start);
  CHECK(*again.find(key_of(0)) == *book.find(key_of(0)));
}

TEST_CASE("a book that is used forgets what has expired without being asked") {
  code_book book(test::default_codes(), 100);
  for (int phone = 0; phone < 100; ++phone)
    REQUIRE(send(book, phone, wall_start));
  for (int i = 0; i < 20; ++i)
    CHECK(enter(book, 1000, wall_start + 600s, "x") == verify_outcome::no_live_code);
  CHECK(book.size() == 0);
}

TEST_CASE("the book stays within its capacity and never loses a live code") {
  CHECK(rc::check("bounded, and complete for live codes", [] {
    const std::size_t capacity = 4;
    code_book book(test::default_codes(), capacity);
    auto now = wall_start;
    std::map<int, wall_time> live; // Phone and end of the code that was issued last.
    for (const auto& [phone, pause, used] : *rc::gen::scale(
             3.0, rc::gen::arbitrary<
                      std::vector<std::tuple<std::uint8_t, std::uint8_t, bool>>>())) {
      now += pause * 1s;
      std::erase_if(live, [&](const auto& item) { return item.second <= now; });
      int who = phone % 9;
      if (used) {
        enter(book, who, now, "wrong", "");
        auto expected =
            live.contains(who) ? verify_outcome::accepted : verify_outcome::no_live_code;
        RC_ASSERT(enter(book, who, now, "right") == expected);
        live.erase(who);
      } else if (auto issued = send(book, who, now)) {
        live[who] = now + 600s;
      } else if (issued.error().code == errc::codes_full) {
        RC_ASSERT(live.size() == capacity);
      }
      RC_ASSERT(book.size() <= capacity);
      for (const auto& item : live)
        RC_ASSERT(book.find(key_of(item.first)) != nullptr);
    }
  }));
}

} // namespace tinybook
