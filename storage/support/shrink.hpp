#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
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

/// Elements can change their memory without the risk of losing one half-way: by moves
/// that cannot throw, or by copies that leave the originals alone.
template <class T>
inline constexpr bool safe_to_relocate =
    std::is_nothrow_move_constructible_v<T> || std::is_copy_constructible_v<T>;

template <class C>
concept resizable_memory = requires(C& array, std::size_t n) {
  { array.capacity() } -> std::convertible_to<std::size_t>;
  array.reserve(n);
  array.push_back(std::move(*std::ranges::begin(array)));
  array.swap(array);
}
&&safe_to_relocate<std::ranges::range_value_t<C>>;

template <class C>
[[nodiscard]] C empty_like(const C& array) {
  if constexpr (requires { C(array.get_allocator()); })
    return C(array.get_allocator());
  else
    return C();
}

template <class C>
void relocate(C& array, std::size_t capacity) {
  C smaller = empty_like(array);
  smaller.reserve(capacity);
  if (smaller.capacity() >= array.capacity())
    return;
  for (auto& element : array)
    smaller.push_back(std::move_if_noexcept(element));
  array.swap(smaller);
}

} // namespace detail

/// Gives capacity back as `policy` says; true when it did. Elements and order stay. Best
/// effort: where no memory can be had for the smaller array, or a copy throws, the array
/// stays as it is. Arrays whose memory cannot be resized, and elements that can only be
/// moved and may throw at it, keep their capacity.
template <class C>
bool shrink_if_sparse(C& array, shrink_policy policy = {}) noexcept {
  if constexpr (detail::resizable_memory<C>) {
    const auto before = static_cast<std::size_t>(array.capacity());
    const auto wanted = shrunk_capacity(
        static_cast<std::size_t>(std::ranges::size(array)), before, policy);
    if (wanted == before)
      return false;
    try {
      detail::relocate(array, wanted);
    } catch (...) {
      return false;
    }
    return static_cast<std::size_t>(array.capacity()) < before;
  } else {
    return false;
  }
}

} // namespace tinybook
