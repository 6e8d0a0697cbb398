#include "storage/support/random.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <sodium.h>

#include <array>
#include <bit>
#include <cstring>

namespace tinybook {

double random_source::unit() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
  fill(bytes);
  constexpr auto steps = static_cast<double>(std::uint64_t{1} << 53);
  return static_cast<double>(std::bit_cast<std::uint64_t>(bytes) >> 11) / steps;
}

system_random::system_random() {
  init_crypto();
}

std::uint32_t system_random::below(std::uint32_t bound) {
  return randombytes_uniform(bound);
}

void system_random::fill(std::span<unsigned char> out) {
  randombytes_buf(out.data(), out.size());
}

std::uint64_t seeded_random::next() {
  // SplitMix64 (Steele, Lea, Flood 2014).
  auto z = state_ += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint32_t seeded_random::below(std::uint32_t bound) {
  if (bound < 2)
    return 0;
  // Throw away the few lowest numbers that would favour some results.
  const std::uint64_t excess = (std::uint64_t{1} << 32) % bound;
  while (true) {
    const auto drawn = next() >> 32;
    if (drawn >= excess)
      return static_cast<std::uint32_t>(drawn % bound);
  }
}

void seeded_random::fill(std::span<unsigned char> out) {
  while (!out.empty()) {
    const auto block = std::bit_cast<std::array<unsigned char, 8>>(next());
    const auto size = std::min(out.size(), block.size());
    std::memcpy(out.data(), block.data(), size);
    out = out.subspan(size);
  }
}

std::string six_digit_code(random_source& random) {
  auto digits = std::to_string(random.below(1'000'000));
  return std::string(6 - digits.size(), '0') + digits;
}

std::string random_id(random_source& random, std::size_t bytes) {
  std::string raw(bytes, '\0');
  std::basic_string<unsigned char> buffer(bytes, 0);
  random.fill({buffer.data(), buffer.size()});
  std::memcpy(raw.data(), buffer.data(), bytes);
  return base64url_encode(raw);
}

} // namespace tinybook
