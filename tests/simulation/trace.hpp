#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::sim {

/// What happened, as one number that is the same in every run of a seed and, on
/// request, as lines to read.
class trace {
 public:
  explicit trace(bool readable) : readable_(readable) {}

  void note(std::int64_t at_ms, std::string_view what) {
    mix(static_cast<std::uint64_t>(at_ms));
    for (const char c : what)
      mix(static_cast<unsigned char>(c));
    if (readable_)
      lines_.push_back(std::to_string(at_ms) + " ms  " + std::string{what});
  }

  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  /// FNV-1a.
  void mix(std::uint64_t x) { digest_ = (digest_ ^ x) * 1099511628211ULL; }

  bool readable_;
  std::uint64_t digest_ = 14695981039346656037ULL;
  std::vector<std::string> lines_;
};

} // namespace tinybook::sim
