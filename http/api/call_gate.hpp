#pragma once

#include "http/api/route.hpp"
#include "http/server/address_counts.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace tinybook::http {

/// Counts the requests that wait for answers, in all, for each actor and of each client
/// address, and refuses beyond a cap, so that one actor that hangs, or one client, takes
/// neither the memory nor the places of the others. Thread-safe.
class call_gates {
 public:
  using counter = std::atomic<std::size_t>;

  /// `max_of_address`: 0 = no bound.
  call_gates(std::size_t max_each, std::size_t max_all, std::size_t max_of_address)
      : max_each_(max_each), max_all_(max_all), addresses_(max_of_address) {}
  call_gates(const call_gates&) = delete;
  call_gates& operator=(const call_gates&) = delete;

  /// One request in a count; ends on destruction.
  class place {
   public:
    place() = default;
    explicit place(counter& of) : of_(&of) { of.fetch_add(1, std::memory_order_relaxed); }
    place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    place& operator=(place&&) = delete;
    ~place() {
      if (of_ != nullptr)
        of_->fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    counter* of_ = nullptr;
  };

  /// What a request holds.
  struct pass {
    place in_all{};
    /// The places at its actor and of its address. They are shared with what the actor is
    /// asked (see `asking`), until it has answered: else an actor that hangs would be fed
    /// anew at each deadline, and be filled by one client that resets its connections.
    std::shared_ptr<const void> until_answered{};
  };

  /// `address` is the key that rate limits count by. Fails with `rate_limited` where the
  /// address is at its cap, with `overloaded` at the others.
  [[nodiscard]] result<pass> enter(asked_actor actor, std::string address) {
    auto of_address = addresses_.take_key(std::move(address));
    if (!of_address) {
      refused_by_address_.fetch_add(1, std::memory_order_relaxed);
      return failure{limit_rule::requests_at_once, retry_soon};
    }
    auto& at_actor = counts_[static_cast<std::size_t>(actor)];
    const auto held =
        std::make_shared<const shared_places>(place{at_actor}, std::move(*of_address));
    if (at_actor.load(std::memory_order_relaxed) > max_each_)
      return refusal(std::string{name_of(actor)});
    pass entered{place{all_}, held};
    if (all_.load(std::memory_order_relaxed) > max_all_)
      return refusal("their answers");
    return entered;
  }

  [[nodiscard]] std::size_t in_flight(asked_actor actor) const {
    return counts_[static_cast<std::size_t>(actor)].load();
  }
  [[nodiscard]] std::size_t in_flight(const std::string& address) const {
    return addresses_.count_of(address);
  }
  [[nodiscard]] std::size_t in_flight() const { return all_.load(); }
  [[nodiscard]] std::size_t max_each() const { return max_each_; }
  [[nodiscard]] std::size_t max_all() const { return max_all_; }
  /// Refused so far.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(); }
  [[nodiscard]] std::uint64_t refused_by_address() const {
    return refused_by_address_.load();
  }

 private:
  struct shared_places {
    shared_places(place actor, address_counts::place address)
        : at_actor(std::move(actor)), of_address(std::move(address)) {}
    place at_actor;
    address_counts::place of_address;
  };

  [[nodiscard]] failure refusal(const std::string& for_what) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return {errc::overloaded, "too many requests wait for " + for_what};
  }

  const std::size_t max_each_;
  const std::size_t max_all_;
  std::array<counter, asked_actors> counts_{};
  counter all_{0};
  address_counts addresses_;
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> refused_by_address_{0};
};

} // namespace tinybook::http
