#pragma once

#include "storage/errc.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tinybook::http {

/// What the threads of a server count, read as `server_stats`. With relaxed order, for no
/// code depends on the order of two of them; `open_connections` alone is exact.
struct counters {
  std::atomic<std::size_t> open_connections{0};
  std::atomic<std::size_t> serving{0};
  std::atomic<std::size_t> buffered_bytes{0};

  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> exceptions{0};
  std::atomic<std::uint64_t> received_bytes{0};
  std::atomic<std::uint64_t> sent_bytes{0};
  std::atomic<std::uint64_t> refused_connections{0};
  std::atomic<std::uint64_t> refused_per_address{0};
  std::atomic<std::uint64_t> refused_buffers{0};
  std::atomic<std::uint64_t> refused_by_head{0};
  std::atomic<std::uint64_t> idle_closed_for_new{0};
  std::atomic<std::uint64_t> slow_readers_cut{0};
  std::atomic<std::uint64_t> cut_off{0};                ///< At the end of a drain.
  std::array<std::atomic<std::uint64_t>, 64> refused{}; ///< By errc; see `refusals_of`.

  [[nodiscard]] std::atomic<std::uint64_t>& refusals_of(errc code) {
    return refused[static_cast<std::size_t>(code) % refused.size()];
  }
};

template <class Number, class Amount>
void count(std::atomic<Number>& counter, Amount by) {
  counter.fetch_add(static_cast<Number>(by), std::memory_order_relaxed);
}

template <class Number>
void count(std::atomic<Number>& counter) {
  count(counter, 1);
}

} // namespace tinybook::http
