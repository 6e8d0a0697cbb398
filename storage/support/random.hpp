#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace tinybook {

/// Where randomness comes from, so that rules can be replayed from a seed.
class random_source {
 public:
  virtual ~random_source() = default;

  /// Uniform in [0, bound); 0 when `bound` is below 2.
  [[nodiscard]] virtual std::uint32_t below(std::uint32_t bound) = 0;

  /// Fills `out` with random bytes.
  virtual void fill(std::span<unsigned char> out) = 0;

  /// Uniform in [0, 1), with 53 random bits.
  [[nodiscard]] double unit();
};

/// The operating system's generator. Safe from any thread.
class system_random final : public random_source {
 public:
  system_random();
  [[nodiscard]] std::uint32_t below(std::uint32_t bound) override;
  void fill(std::span<unsigned char> out) override;
};

/// SplitMix64: the same seed gives the same numbers everywhere. For tests and simulation;
/// nothing secret may come from it. Not safe from several threads.
class seeded_random final : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint32_t below(std::uint32_t bound) override;
  void fill(std::span<unsigned char> out) override;

 private:
  [[nodiscard]] std::uint64_t next();

  std::uint64_t state_;
};

/// A code of exactly six digits, each of the million equally likely.
[[nodiscard]] std::string six_digit_code(random_source& random);

/// `bytes` random bytes as base64url without padding: ids, cookies, the admin token.
[[nodiscard]] std::string random_id(random_source& random, std::size_t bytes = 16);

} // namespace tinybook
