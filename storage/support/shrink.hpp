#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>

namespace tinybook {

/// When an array gives capacity back.
///
/// Geometric steps with hysteresis: nothing happens while more than a quarter of the
/// capacity is in use; then the capacity is halved until it is less than four times the
/// size, never below twice the size nor below `floor` elements. After a step the array
/// can grow by its own size before it must grow its memory, and (but for the one step
/// after a generous reserve) must lose half of its elements before the next step. A run
/// of erases and inserts around any one size therefore reallocates at most once, and each
/// reallocation of n elements is paid by at least n/2 erases: amortised O(1).
struct shrink_policy {
  std::size_t floor = 16; ///< Elements; capacities at or below are never given back.
};

/// The capacity that `policy` wants: `capacity` itself while nothing is to be given back.
[[nodiscard]] constexpr std::size_t
shrunk_capacity(std::size_t size, std::size_t capacity, shrink_policy policy = {}) {
  if (size > capacity / 4)
    return capacity;
  auto step = capacity;
  while (step / 2 >= policy.floor && step / 2 >= 2 * size && step / 2 > 0)
    step /= 2;
  return step;
}

namespace detail {

template <class T>
inline constexpr bool moves_safely = std::is_nothrow_move_constructible_v<T>;

/// Elements can change their memory without the risk of losing one half-way: by moves
/// that cannot throw, or by copies that leave the originals alone.
template <class T>
inline constexpr bool relocates_safely = moves_safely<T> || std::copyable<T>;

template <class C>
concept resizable_memory = requires(C& array, std::size_t n) {
  { array.capacity() } -> std::convertible_to<std::size_t>;
  array.reserve(n);
  array.insert(array.end(), std::make_move_iterator(array.begin()),
               std::make_move_iterator(array.end()));
  array.swap(array);
}
&&relocates_safely<std::ranges::range_value_t<C>>;

template <class C>
[[nodiscard]] C empty_like(const C& array) {
  if constexpr (requires { C(array.get_allocator()); })
    return C(array.get_allocator());
  else
    return C();
}

/// Out of line: erasing calls it once in many times, and stays small without it.
template <class C>
[[gnu::noinline]] bool relocate(C& array, std::size_t capacity) noexcept {
  try {
    C smaller = empty_like(array);
    smaller.reserve(capacity);
    if (smaller.capacity() >= array.capacity())
      return false;
    const auto first = std::ranges::begin(array);
    const auto last = std::ranges::end(array);
    if constexpr (moves_safely<std::ranges::range_value_t<C>>)
      smaller.insert(smaller.end(), std::make_move_iterator(first),
                     std::make_move_iterator(last));
    else
      smaller.insert(smaller.end(), first, last);
    array.swap(smaller);
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace detail

/// Gives capacity back as `policy` says; true when it did. Elements and order stay. Best
/// effort: where no memory can be had for the smaller array, or a copy throws, the array
/// stays as it is. Arrays whose memory cannot be resized, and elements that can only be
/// moved and may throw at it, keep their capacity.
template <class C>
bool shrink_if_sparse(C& array, shrink_policy policy = {}) noexcept {
  if constexpr (detail::resizable_memory<C>) {
    const auto size = static_cast<std::size_t>(std::ranges::size(array));
    const auto capacity = static_cast<std::size_t>(array.capacity());
    if (size > capacity / 4 || capacity <= policy.floor) [[likely]]
      return false;
    const auto wanted = shrunk_capacity(size, capacity, policy);
    return wanted < capacity && detail::relocate(array, wanted);
  } else {
    return false;
  }
}

} // namespace tinybook
