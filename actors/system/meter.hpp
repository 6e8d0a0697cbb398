#pragma once

#include "actors/system/health.hpp"
#include "storage/types.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

/// Counts durations in buckets four to the octave: quantiles within 19 % of the truth,
/// one relaxed increment a record, readable from any thread.
class latency_histogram {
 public:
  void record(std::chrono::nanoseconds took) noexcept;

  /// The upper edge of the bucket that holds quantile `q` (0 to 1); 0 without records.
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds total() const noexcept {
    return std::chrono::nanoseconds{total_ns_.load(std::memory_order_relaxed)};
  }

 private:
  static constexpr std::size_t buckets = 160; // 2^40 ns = 18 min
  std::array<std::atomic<std::uint64_t>, buckets> counts_{};
  std::atomic<std::int64_t> total_ns_{0};
};

enum class actor_phase : std::uint8_t {
  starting,
  running,
  restarting,
  stopping,
  stopped,
  failed
};

[[nodiscard]] const char* to_string(actor_phase phase);

/// What is measured about one actor from outside, so that it is known of a stuck actor
/// too. Outlives the actor over restarts; written by the actor's thread and its senders,
/// read by the inspector and the metrics.
class actor_meter {
 public:
  actor_meter(std::string name, std::string kind, std::string parent)
      : name_(std::move(name)), kind_(std::move(kind)), parent_(std::move(parent)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& kind() const { return kind_; }
  [[nodiscard]] const std::string& parent() const { return parent_; }

  /// Messages that arrived and were not handled yet, the one at work included.
  [[nodiscard]] std::uint64_t mailbox() const noexcept;

  /// How long the message at work has been there; 0 when idle.
  [[nodiscard]] std::chrono::nanoseconds busy_for() const noexcept;

  void message_arrived() noexcept { arrived_.fetch_add(1, std::memory_order_relaxed); }
  void message_begins() noexcept;
  void message_ends() noexcept;
  /// It arrived, and is not handled: nobody waits for the answer any more.
  void message_dropped() noexcept;

  /// A new incarnation: what waited in the mailbox of the old one was bounced.
  void started() noexcept;

  health_record health;
  latency_histogram handling;
  std::atomic<std::int64_t> pending_requests{0}; ///< Promises that are not answered yet.
  std::atomic<std::int64_t> armed_timers{0};
  std::atomic<std::uint32_t> restarts{0};
  std::atomic<actor_phase> phase{actor_phase::starting};
  std::atomic<std::int64_t> started_at_ms{0}; ///< Unix time of the present incarnation.
  /// How long one message may take it by its nature (a call, a hash): so long it is busy
  /// and not stuck, though it does not answer.
  std::atomic<std::int64_t> may_take_ms{0};

 private:
  const std::string name_;
  const std::string kind_;
  const std::string parent_;
  std::atomic<std::uint64_t> arrived_{0};
  std::atomic<std::uint64_t> handled_{0}; // with those dropped
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::int64_t> busy_since_ns_{0}; // steady clock; 0 = idle

 public:
  [[nodiscard]] std::uint64_t handled() const noexcept {
    return handled_.load(std::memory_order_relaxed);
  }
  /// Requests whose deadline had passed when it was their turn.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }
};

using meter_ptr = std::shared_ptr<actor_meter>;

} // namespace tinybook
