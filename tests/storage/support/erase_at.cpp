#include "storage/support/erase_at.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <list>
#include <memory>
#include <rapidcheck.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace tinybook {

namespace {

/// Neither copyable nor default-constructible.
struct move_only {
  explicit move_only(int n) : number(std::make_unique<int>(n)) {}
  std::unique_ptr<int> number;
};

std::vector<move_only> move_only_array(const std::vector<int>& numbers) {
  std::vector<move_only> array;
  for (int n : numbers)
    array.emplace_back(n);
  return array;
}

std::vector<int> numbers_of(const std::vector<move_only>& array) {
  std::vector<int> numbers;
  for (const auto& element : array)
    numbers.push_back(*element.number);
  return numbers;
}

/// Throws when it is moved or copied while `armed`.
struct thrower {
  explicit thrower(int n) : number(n) {}
  thrower(const thrower& other) : number(other.number) { maybe_throw(); }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): throwing is what it is for
  thrower(thrower&& other) : number(other.number) { maybe_throw(); }
  thrower& operator=(const thrower&) = default;
  thrower& operator=(thrower&&) = default;
  static void maybe_throw() {
    if (armed)
      throw std::runtime_error("armed");
  }
  int number;
  static inline bool armed = false;
};

static_assert(dynamic_array<std::vector<int>>);
static_assert(dynamic_array<std::vector<move_only>>);
static_assert(dynamic_array<std::string>);
static_assert(!dynamic_array<std::vector<bool>>);
static_assert(!dynamic_array<std::list<int>>);
static_assert(!dynamic_array<std::deque<int>>);

} // namespace

TEST_CASE("erase_at does what a naive model does, in and out of range") {
  CHECK(rc::check("erase_at", [](const std::vector<int>& start,
                                 const std::vector<int>& indices) {
    auto model = start;
    auto array = move_only_array(start);
    for (int index : indices) {
      const bool inside = index >= 0 && static_cast<std::size_t>(index) < model.size();
      if (inside)
        model.erase(model.begin() + index);
      RC_ASSERT(erase_at(array, index) == inside);
      RC_ASSERT(numbers_of(array) == model);
    }
  }));
}

TEST_CASE("erase_at_unordered puts the last element into the gap") {
  CHECK(rc::check("erase_at_unordered", [](const std::vector<int>& start,
                                           const std::vector<int>& indices) {
    auto model = start;
    auto array = move_only_array(start);
    for (int index : indices) {
      const bool inside = index >= 0 && static_cast<std::size_t>(index) < model.size();
      if (inside) {
        model[static_cast<std::size_t>(index)] = model.back();
        model.pop_back();
      }
      RC_ASSERT(erase_at_unordered(array, index) == inside);
      RC_ASSERT(numbers_of(array) == model);
    }
  }));
}

TEST_CASE("take_at hands the element out and nothing when out of range") {
  CHECK(rc::check("take_at", [](const std::vector<int>& start, unsigned at,
                                bool ordered) {
    const std::size_t index = at % (start.size() + 2);
    auto array = move_only_array(start);
    const auto taken = ordered ? take_at(array, index) : take_at_unordered(array, index);
    RC_ASSERT(taken.has_value() == (index < start.size()));
    if (!taken)
      RC_SUCCEED("out of range");
    RC_ASSERT(*taken->number == start[index]);
    RC_ASSERT(array.size() == start.size() - 1);
  }));
}

TEST_CASE("any integer may be an index and the greatest are out of range") {
  std::vector<int> array{1, 2, 3};
  CHECK_FALSE(erase_at(array, -1));
  CHECK_FALSE(erase_at(array, std::numeric_limits<std::size_t>::max()));
  CHECK_FALSE(erase_at(array, 3U));
  CHECK(erase_at(array, std::int64_t{1}));
  CHECK(array == std::vector<int>{1, 3});
}

TEST_CASE("strings are arrays too") {
  std::string text = "abcd";
  CHECK(erase_at(text, 1));
  CHECK(text == "acd");
}

TEST_CASE("an array that shrank to nothing gives its memory back to the floor") {
  std::vector<std::size_t> array(100'000);
  while (!array.empty())
    REQUIRE(erase_at(array, array.size() - 1));
  CHECK(array.capacity() < 2 * shrink_policy{}.floor);
}

TEST_CASE("an exception while memory is given back leaves a whole array") {
  std::vector<thrower> array;
  for (int i = 0; i < 100; ++i)
    array.emplace_back(i);
  thrower::armed = true;
  const auto capacity = array.capacity();
  while (array.size() > 3)
    REQUIRE(erase_at(array, 0U));
  thrower::armed = false;
  CHECK(array.capacity() == capacity);
  CHECK(array.front().number == 97);
  REQUIRE(erase_at(array, 0));
  CHECK(array.capacity() < capacity);
  CHECK(array.front().number == 98);
}

} // namespace tinybook
