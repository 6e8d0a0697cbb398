#pragma once

#include "http/api/route.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace tinybook::http {

/// Counts the requests that wait for each actor and refuses beyond a cap, so that one
/// that hangs cannot take every thread. Thread-safe.
class call_gates {
 public:
  explicit call_gates(std::size_t cap) : cap_(cap) {}

  /// One request in the count of an actor; ends on destruction.
  class pass {
   public:
    pass() = default;
    explicit pass(std::atomic<std::size_t>& count) : count_(&count) {}
    pass(pass&& other) noexcept : count_(other.count_) { other.count_ = nullptr; }
    pass& operator=(pass&&) = delete;
    ~pass() {
      if (count_ != nullptr)
        count_->fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    std::atomic<std::size_t>* count_ = nullptr;
  };

  /// Fails with `overloaded`.
  [[nodiscard]] result<pass> enter(asked_actor actor) {
    auto& count = counts_[static_cast<std::size_t>(actor)];
    if (count.fetch_add(1, std::memory_order_relaxed) < cap_)
      return pass{count};
    count.fetch_sub(1, std::memory_order_relaxed);
    return failure{errc::overloaded,
                   "too many requests wait for " + std::string{name_of(actor)}};
  }

  [[nodiscard]] std::size_t in_flight(asked_actor actor) const {
    return counts_[static_cast<std::size_t>(actor)].load();
  }
  [[nodiscard]] std::size_t cap() const { return cap_; }

 private:
  const std::size_t cap_;
  std::array<std::atomic<std::size_t>, asked_actors> counts_{};
};

} // namespace tinybook::http
