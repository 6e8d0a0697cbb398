#pragma once

#include "http/api/route.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

namespace tinybook::http {

/// Counts the requests that wait for answers, in all and for each actor, and refuses
/// beyond a cap, so that one actor that hangs takes neither the memory nor the places of
/// the others. Thread-safe.
class call_gates {
 public:
  using counter = std::atomic<std::size_t>;

  call_gates(std::size_t max_each, std::size_t max_all)
      : max_each_(max_each), max_all_(max_all) {}
  call_gates(const call_gates&) = delete;
  call_gates& operator=(const call_gates&) = delete;

  /// One request in the counts; ends on destruction.
  class pass {
   public:
    pass() = default;
    pass(counter& one, counter& all) : one_(&one), all_(&all) {}
    pass(pass&& other) noexcept
        : one_(std::exchange(other.one_, nullptr)), all_(other.all_) {}
    pass& operator=(pass&&) = delete;
    ~pass() {
      if (one_ == nullptr)
        return;
      one_->fetch_sub(1, std::memory_order_relaxed);
      all_->fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    counter* one_ = nullptr;
    counter* all_ = nullptr;
  };

  /// Fails with `overloaded`.
  [[nodiscard]] result<pass> enter(asked_actor actor) {
    pass entered{of(actor), all_};
    (void)all_.fetch_add(1, std::memory_order_relaxed);
    if (of(actor).fetch_add(1, std::memory_order_relaxed) >= max_each_)
      return refusal(std::string{name_of(actor)});
    if (all_.load(std::memory_order_relaxed) > max_all_)
      return refusal("their answers");
    return entered;
  }

  /// The count of an actor: with the answers that it owes though nobody waits for them
  /// any more, or a hanging actor would be fed anew at each deadline.
  [[nodiscard]] counter& of(asked_actor actor) {
    return counts_[static_cast<std::size_t>(actor)];
  }
  [[nodiscard]] std::size_t in_flight(asked_actor actor) const {
    return counts_[static_cast<std::size_t>(actor)].load();
  }
  [[nodiscard]] std::size_t in_flight() const { return all_.load(); }
  [[nodiscard]] std::size_t max_each() const { return max_each_; }
  [[nodiscard]] std::size_t max_all() const { return max_all_; }
  /// Refused so far.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(); }

 private:
  [[nodiscard]] failure refusal(const std::string& for_what) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return {errc::overloaded, "too many requests wait for " + for_what};
  }

  const std::size_t max_each_;
  const std::size_t max_all_;
  std::array<counter, asked_actors> counts_{};
  counter all_{0};
  std::atomic<std::uint64_t> refused_{0};
};

} // namespace tinybook::http
