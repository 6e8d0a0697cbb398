#pragma once

#include "actors/system/meter.hpp"
#include "http/api/route_table.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace tinybook::http {

/// The counts of one route. Readable from any thread.
struct route_meter {
  std::array<std::atomic<std::uint64_t>, 6> by_class{}; ///< Answers by first digit.
  latency_histogram took;
};

/// Counts answers and times by route, and together for what matched none.
class route_meters {
 public:
  explicit route_meters(const route_table& table)
      : table_(table), meters_(std::make_unique<route_meter[]>(table.all().size() + 1)) {}

  void record(const route* matched, int status, std::chrono::nanoseconds took) {
    auto& meter = meters_[index_of(matched)];
    auto first = static_cast<std::size_t>(status / 100) % meter.by_class.size();
    meter.by_class[first].fetch_add(1, std::memory_order_relaxed);
    meter.took.record(took);
  }

  /// Null = what matched no route.
  [[nodiscard]] const route_meter& of(const route* matched) const {
    return meters_[index_of(matched)];
  }

  /// All answers of a status class (1 to 5).
  [[nodiscard]] std::uint64_t total(std::size_t first_digit) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= table_.all().size(); ++i)
      sum += meters_[i].by_class.at(first_digit).load(std::memory_order_relaxed);
    return sum;
  }

  [[nodiscard]] const route_table& table() const { return table_; }

 private:
  [[nodiscard]] std::size_t index_of(const route* matched) const {
    return matched == nullptr ? table_.all().size()
                              : static_cast<std::size_t>(matched - table_.all().data());
  }

  const route_table& table_;
  std::unique_ptr<route_meter[]> meters_;
};

} // namespace tinybook::http
