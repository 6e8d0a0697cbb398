#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tinybook::http {

/// Counts what the clients of each address have open. Thread-safe.
class address_counts {
 public:
  /// A place in the count of an address, given back on destruction.
  class place {
   public:
    place() = default;
    place(address_counts& of, std::string key) : of_(&of), key_(std::move(key)) {}
    place(place&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), key_(std::move(other.key_)) {}
    place& operator=(place&&) = delete;
    ~place();

   private:
    address_counts* of_ = nullptr;
    std::string key_;
  };

  /// 0 = no limit.
  explicit address_counts(std::size_t max_per_address) : max_(max_per_address) {}

  /// Nothing where the numeric `address`, or its /64 if it is IPv6, is at the limit.
  [[nodiscard]] std::optional<place> take(std::string_view address);
  /// The same by the key that rate limits count by.
  [[nodiscard]] std::optional<place> take_key(std::string limit_key);
  /// The places of a key; 0 where there is no limit.
  [[nodiscard]] std::size_t count_of(const std::string& limit_key) const;

 private:
  const std::size_t max_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

} // namespace tinybook::http
