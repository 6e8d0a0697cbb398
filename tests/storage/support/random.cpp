#include "storage/support/random.hpp"

#include "storage/support/encoding.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <rapidcheck.h>
#include <set>

namespace tinybook {

namespace {

/// Answers what it was told to.
struct fixed_random final : random_source {
  explicit fixed_random(std::uint32_t n, unsigned char b = 0) : number(n), byte(b) {}
  std::uint32_t below(std::uint32_t bound) override {
    return std::min(number, bound - 1);
  }
  void fill(std::span<unsigned char> out) override { std::ranges::fill(out, byte); }
  std::uint32_t number;
  unsigned char byte;
};

} // namespace

TEST_CASE("below stays below for every bound and seed") {
  CHECK(rc::check("below", [](std::uint64_t seed, std::uint32_t bound) {
    seeded_random seeded(seed);
    system_random real;
    for (int i = 0; i < 20; ++i) {
      RC_ASSERT(seeded.below(bound) < std::max(bound, 1U));
      RC_ASSERT(real.below(bound) < std::max(bound, 1U));
    }
  }));
}

TEST_CASE("unit stays in its range at both ends of the bits") {
  fixed_random lowest(0, 0);
  fixed_random highest(0, 0xff);
  CHECK(lowest.unit() == 0.0);
  CHECK(highest.unit() < 1.0);
  CHECK(highest.unit() > 0.999999);
}

TEST_CASE("one seed gives one sequence and two seeds give two") {
  std::array<unsigned char, 13> a{};
  std::array<unsigned char, 13> b{};
  seeded_random(7).fill(a);
  seeded_random(7).fill(b);
  CHECK(a == b);
  seeded_random(8).fill(b);
  CHECK(a != b);
}

TEST_CASE("numbers are spread evenly") {
  for (const bool real : {false, true}) {
    seeded_random seeded(1);
    system_random system;
    random_source& random = real ? static_cast<random_source&>(system) : seeded;
    std::array<int, 10> seen{};
    for (int i = 0; i < 100'000; ++i)
      ++seen.at(random.below(10));
    // Ten standard deviations: false once in 10^22 runs.
    for (int n : seen)
      CHECK(std::abs(n - 10'000) < 950);
  }
}

TEST_CASE("a code has six digits, with leading zeros") {
  fixed_random zero(0);
  fixed_random small(42);
  fixed_random greatest(4'000'000'000U);
  CHECK(six_digit_code(zero) == "000000");
  CHECK(six_digit_code(small) == "000042");
  CHECK(six_digit_code(greatest) == "999999");
}

TEST_CASE("codes differ") {
  system_random random;
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i)
    codes.insert(six_digit_code(random));
  CHECK(codes.size() > 90);
}

TEST_CASE("a random id carries as many bytes as asked for") {
  system_random random;
  CHECK(base64url_decode(random_id(random, 16))->size() == 16);
  CHECK(random_id(random) != random_id(random));
}

} // namespace tinybook
