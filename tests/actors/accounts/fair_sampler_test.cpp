#include "actors/accounts/fair_sampler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

const wall_time sampled_noon{std::chrono::hours{24 * 365 * 50}};

/// What has happened in one minute, with all of it at hand.
class naive_sampler {
 public:
  explicit naive_sampler(sampler_bounds bounds) : bounds_(bounds) {}

  bool passes(int key) {
    const auto own = std::ranges::count(written_, key);
    const auto all = std::ssize(written_);
    const auto each = static_cast<std::ptrdiff_t>(bounds_.each);
    const auto most = static_cast<std::ptrdiff_t>(bounds_.all);
    const bool fits = own == 0 ? all < most : own < each && all < most - most / 2;
    (fits ? written_ : left_out_).push_back(key);
    return fits;
  }
  [[nodiscard]] std::map<int, std::uint64_t> left_out() const {
    std::map<int, std::uint64_t> out;
    for (const auto key : left_out_)
      ++out[key];
    return out;
  }

 private:
  sampler_bounds bounds_;
  std::vector<int> written_;
  std::vector<int> left_out_;
};

std::uint64_t sum_of(const fair_sampler<int>::left_out& ended) {
  auto sum = ended.of_others;
  for (const auto& [key, count] : ended.of_keys)
    sum += count;
  return sum;
}

} // namespace

TEST_CASE("of each key its first are written, and the rest is told when the minute is "
          "over") {
  fair_sampler<int> sampler{{2, 100}};
  CHECK(sampler.next(1, sampled_noon).passes);
  CHECK(sampler.next(1, sampled_noon + 59s).passes);
  CHECK_FALSE(sampler.next(1, sampled_noon + 59s).passes);
  CHECK_FALSE(sampler.next(1, sampled_noon + 59s).passes);
  CHECK(sampler.next(2, sampled_noon + 59s).passes);
  CHECK(sampler.has_left_out());
  CHECK(sampler.end(sampled_noon + 59s).of_keys.empty());
  const auto next = sampler.next(2, sampled_noon + 60s);
  CHECK(next.passes);
  CHECK(next.before.of_keys == std::vector{std::pair{1, std::uint64_t{2}}});
  CHECK_FALSE(sampler.has_left_out());
  CHECK(sampler.end(sampled_noon + 120s).of_keys.empty());
}

TEST_CASE("a key that fails without end hides no other") {
  CHECK(rc::check("one flood", [] {
    const auto each = *rc::gen::inRange<std::size_t>(1, 10);
    const sampler_bounds bounds{each, 4 * each};
    fair_sampler<int> flooded{bounds};
    fair_sampler<int> alone{bounds};
    const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2));
    for (const auto key : keys) {
      const auto decided = flooded.next(key, sampled_noon);
      if (key == 0)
        RC_ASSERT(decided.passes == alone.next(key, sampled_noon).passes);
    }
  }));
}

TEST_CASE("keys that use up what all may have leave the first of each to others") {
  fair_sampler<int> sampler{{10, 40}};
  for (int key = 1; key <= 20; ++key)
    for (int i = 0; i < 100; ++i)
      (void)sampler.next(key, sampled_noon);
  CHECK(sampler.next(99, sampled_noon).passes);
  CHECK_FALSE(sampler.next(99, sampled_noon).passes);
  const auto ended = sampler.end(sampled_noon + 1min);
  CHECK(std::ranges::find(ended.of_keys, std::pair{99, std::uint64_t{1}})
        != ended.of_keys.end());
}

TEST_CASE("the sampler decides as one that remembers all") {
  CHECK(rc::check("sampler against a naive one", [] {
    const sampler_bounds bounds{*rc::gen::inRange<std::size_t>(1, 6),
                                *rc::gen::inRange<std::size_t>(1, 12)};
    fair_sampler<int> sampler{bounds};
    auto now = sampled_noon;
    // As many keys as the sampler has a place for.
    const auto keys = static_cast<int>(2 * bounds.all);
    for (int minute = 0; minute < 3; ++minute) {
      naive_sampler model{bounds};
      const auto seen = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, keys));
      for (const auto key : seen)
        RC_ASSERT(sampler.next(key, now).passes == model.passes(key));
      RC_ASSERT(sampler.has_left_out() == !model.left_out().empty());
      now += 1min;
      const auto ended = sampler.end(now);
      const std::map<int, std::uint64_t> told(ended.of_keys.begin(), ended.of_keys.end());
      RC_ASSERT(told == model.left_out());
      RC_ASSERT(ended.of_others == 0U);
    }
  }));
}

TEST_CASE("however many keys come, the sampler holds few, writes few and loses none") {
  CHECK(rc::check("many keys", [] {
    const sampler_bounds bounds{*rc::gen::inRange<std::size_t>(1, 6),
                                *rc::gen::inRange<std::size_t>(1, 12)};
    fair_sampler<int> sampler{bounds};
    const auto keys = *rc::gen::resize(
        300, rc::gen::container<std::vector<int>>(rc::gen::arbitrary<int>()));
    std::size_t written = 0;
    for (const auto key : keys) {
      written += sampler.next(key, sampled_noon).passes ? 1U : 0U;
      RC_ASSERT(sampler.size() <= 2 * bounds.all);
    }
    RC_ASSERT(written <= bounds.all);
    RC_ASSERT(written + sum_of(sampler.end(sampled_noon + 1min)) == keys.size());
  }));
}

} // namespace tinybook::test
