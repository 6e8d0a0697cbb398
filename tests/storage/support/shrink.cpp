#include "storage/support/shrink.hpp"

#include "storage/support/erase_at.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <rapidcheck.h>
#include <vector>

namespace tinybook {

namespace {

/// An allocator that counts.
template <class T>
struct counting_allocator {
  using value_type = T;
  std::shared_ptr<std::size_t> count = std::make_shared<std::size_t>(0);

  counting_allocator() = default;
  template <class U>
  counting_allocator(const counting_allocator<U>& other) : count(other.count) {}

  T* allocate(std::size_t n) {
    ++*count;
    return std::allocator<T>{}.allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>{}.deallocate(p, n); }
  bool operator==(const counting_allocator&) const = default;
};

using counted = std::vector<std::size_t, counting_allocator<std::size_t>>;

std::size_t reallocations(const counted& array) {
  return *array.get_allocator().count;
}

void fill(counted& array, std::size_t size) {
  while (array.size() < size)
    array.push_back(array.size());
}

void drain(counted& array, std::size_t size) {
  while (array.size() > size)
    REQUIRE(erase_at(array, array.size() - 1));
}

} // namespace

TEST_CASE("the wanted capacity keeps to its bounds for any size") {
  CHECK(
      rc::check("shrunk_capacity", [](std::uint16_t a, std::uint16_t b, std::uint8_t f) {
        const std::size_t size = std::min(a, b);
        const std::size_t capacity = std::max(a, b);
        const shrink_policy policy{f};
        const auto wanted = shrunk_capacity(size, capacity, policy);
        RC_ASSERT(wanted <= capacity);
        RC_ASSERT(wanted >= std::min<std::size_t>(policy.floor, capacity));
        RC_ASSERT(wanted >= std::min(2 * size, capacity));
        if (size > capacity / 4)
          RC_ASSERT(wanted == capacity);
        else
          RC_ASSERT((wanted / 2 < policy.floor || wanted / 2 < 2 * size || wanted < 2));
      }));
}

TEST_CASE("a run of erases and inserts around any size reallocates at most twice") {
  for (std::size_t size = 1; size < 600; size += 7)
    for (std::size_t swing : {1U, 2U, 5U}) {
      counted array;
      fill(array, 1'000);
      drain(array, size);
      const auto before = reallocations(array);
      for (int turn = 0; turn < 200; ++turn) {
        fill(array, size + swing);
        drain(array, size);
      }
      CAPTURE(size);
      CHECK(reallocations(array) - before <= 2);
    }
}

TEST_CASE("the number of elements that are moved to other memory is linear") {
  CHECK(rc::check("amortised", [](const std::vector<bool>& coins) {
    counted array;
    std::size_t moved = 0;
    std::size_t steps = 0;
    // Long runs up and down reach many capacities.
    for (bool up : coins)
      for (int i = 0; i < 37; ++i, ++steps) {
        const auto before = reallocations(array);
        if (up)
          array.push_back(0);
        else if (!array.empty())
          RC_ASSERT(erase_at_unordered(array, 0));
        if (reallocations(array) != before)
          moved += array.size();
      }
    RC_ASSERT(moved <= 4 * steps + 4);
  }));
}

TEST_CASE("draining an array gives capacity back in a logarithmic number of steps") {
  counted array;
  fill(array, 1 << 16);
  const auto before = reallocations(array);
  drain(array, 0);
  CHECK(reallocations(array) - before <= 13);
  CHECK(array.capacity() <= 16);
}

TEST_CASE("what was reserved far too large is given back in one step") {
  counted array;
  array.reserve(1 << 20);
  fill(array, 101);
  const auto before = reallocations(array);
  drain(array, 90);
  CHECK(reallocations(array) - before <= 2);
  CHECK(array.capacity() < 4 * 101);
}

TEST_CASE("a floor keeps what the caller reserved") {
  counted array;
  array.reserve(1'000);
  fill(array, 5);
  REQUIRE(erase_at(array, 0, {.floor = 1'000}));
  CHECK(array.capacity() == 1'000);
}

} // namespace tinybook
