#include "actors/system/meter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tinybook {

namespace {

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Four buckets to the octave: the octave from the highest bit, the quarter from the next
/// two.
std::size_t bucket_of(std::uint64_t ns) {
  if (ns < 4)
    return static_cast<std::size_t>(ns);
  auto octave = static_cast<unsigned>(std::bit_width(ns)) - 1;
  auto quarter = (ns >> (octave - 2)) & 3;
  return static_cast<std::size_t>(std::uint64_t{4} * (octave - 1) + quarter);
}

std::uint64_t upper_edge(std::size_t bucket) {
  if (bucket < 4)
    return bucket;
  auto octave = bucket / 4 + 1;
  auto quarter = bucket % 4;
  return ((5 + quarter) << (octave - 2)) - 1;
}

} // namespace

void latency_histogram::record(std::chrono::nanoseconds took) noexcept {
  auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  counts_[std::min(bucket_of(ns), buckets - 1)].fetch_add(1, std::memory_order_relaxed);
  total_ns_.fetch_add(took.count(), std::memory_order_relaxed);
}

std::chrono::nanoseconds latency_histogram::quantile(double q) const noexcept {
  auto all = count();
  if (all == 0)
    return std::chrono::nanoseconds{0};
  auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(all))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
    if (seen >= wanted)
      return std::chrono::nanoseconds{static_cast<std::int64_t>(upper_edge(i))};
  }
  return std::chrono::nanoseconds{static_cast<std::int64_t>(upper_edge(buckets - 1))};
}

std::uint64_t latency_histogram::count() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& c : counts_)
    sum += c.load(std::memory_order_relaxed);
  return sum;
}

const char* to_string(actor_phase phase) {
  switch (phase) {
  case actor_phase::starting:
    return "starting";
  case actor_phase::running:
    return "running";
  case actor_phase::restarting:
    return "restarting";
  case actor_phase::stopping:
    return "stopping";
  case actor_phase::stopped:
    return "stopped";
  case actor_phase::failed:
    return "failed";
  }
  return "unknown";
}

std::uint64_t actor_meter::mailbox() const noexcept {
  auto handled = handled_.load(std::memory_order_relaxed);
  auto arrived = arrived_.load(std::memory_order_relaxed);
  return arrived > handled ? arrived - handled : 0;
}

std::chrono::nanoseconds actor_meter::busy_for() const noexcept {
  auto since = busy_since_ns_.load(std::memory_order_relaxed);
  return std::chrono::nanoseconds{
      since == 0 ? 0 : std::max<std::int64_t>(steady_ns() - since, 0)};
}

void actor_meter::message_begins() noexcept {
  busy_since_ns_.store(steady_ns(), std::memory_order_relaxed);
}

void actor_meter::message_ends() noexcept {
  auto since = busy_since_ns_.exchange(0, std::memory_order_relaxed);
  handling.record(std::chrono::nanoseconds{steady_ns() - since});
  handled_.fetch_add(1, std::memory_order_relaxed);
}

void actor_meter::message_dropped() noexcept {
  dropped_.fetch_add(1, std::memory_order_relaxed);
  handled_.fetch_add(1, std::memory_order_relaxed);
}

void actor_meter::started() noexcept {
  arrived_.store(handled_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  busy_since_ns_.store(0, std::memory_order_relaxed);
  pending_requests.store(0, std::memory_order_relaxed);
  armed_timers.store(0, std::memory_order_relaxed);
  const auto now = system_now();
  health.start_anew(now);
  started_at_ms.store(to_unix_ms(now), std::memory_order_relaxed);
  phase.store(actor_phase::running, std::memory_order_relaxed);
}

} // namespace tinybook
