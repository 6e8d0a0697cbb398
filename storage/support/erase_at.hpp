#pragma once

#include "storage/support/shrink.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace tinybook {

/// A growable array in one piece of memory: std::vector, std::string, small vectors …
/// (std::vector<bool> is none: its elements are not objects).
template <class C>
concept dynamic_array = std::ranges::contiguous_range<C> && std::ranges::sized_range<
    C> && std::movable<std::ranges::range_value_t<C>> && requires(C& array) {
  array.pop_back();
  { array.empty() } -> std::convertible_to<bool>;
};

namespace detail {

template <dynamic_array C>
[[nodiscard]] auto element_at(C& array, std::integral auto index) {
  return std::ranges::begin(array)
         + static_cast<std::ranges::range_difference_t<C>>(index);
}

template <dynamic_array C>
[[nodiscard]] bool in_range(const C& array, std::integral auto index) {
  return std::cmp_greater_equal(index, 0)
         && std::cmp_less(index, std::ranges::size(array));
}

/// Closes the gap at `index` and keeps the order: the moves of std::vector::erase.
template <dynamic_array C>
void close_gap(C& array, std::integral auto index) {
  const auto gap = element_at(array, index);
  const auto behind = std::next(gap);
  // At the back there is nothing to move, and a call that moves nothing costs too.
  if (behind != std::ranges::end(array))
    std::move(behind, std::ranges::end(array), gap);
  array.pop_back();
}

/// Fills the gap at `index` with the last element.
template <dynamic_array C>
void fill_gap(C& array, std::integral auto index) {
  auto gap = element_at(array, index);
  auto last = std::prev(std::ranges::end(array));
  if (gap != last)
    *gap = std::move(*last);
  array.pop_back();
}

} // namespace detail

/// Removes the element at `index` and keeps the order of the others.
///
/// Cost: the moves of std::vector::erase and no more, plus what `policy` gives back
/// (amortised O(1), see shrink.hpp). Pointers and iterators behind `index` are invalid
/// afterwards, all of them when capacity was given back. A move assignment that throws
/// leaves what std::vector::erase leaves: all elements valid, none removed.
/// Returns false, and changes nothing, when `index` is negative or not below the size.
template <dynamic_array C>
[[nodiscard]] bool erase_at(C& array, std::integral auto index,
                            shrink_policy policy = {}) {
  if (!detail::in_range(array, index))
    return false;
  detail::close_gap(array, index);
  shrink_if_sparse(array, policy);
  return true;
}

/// Removes the element at `index` in O(1): the last element takes its place.
/// Otherwise as erase_at.
template <dynamic_array C>
[[nodiscard]] bool erase_at_unordered(C& array, std::integral auto index,
                                      shrink_policy policy = {}) {
  if (!detail::in_range(array, index))
    return false;
  detail::fill_gap(array, index);
  shrink_if_sparse(array, policy);
  return true;
}

/// erase_at that hands the element out; one move more. Nothing when out of range.
template <dynamic_array C>
[[nodiscard]] std::optional<std::ranges::range_value_t<C>>
take_at(C& array, std::integral auto index, shrink_policy policy = {}) {
  if (!detail::in_range(array, index))
    return std::nullopt;
  std::optional<std::ranges::range_value_t<C>> taken(
      std::move(*detail::element_at(array, index)));
  detail::close_gap(array, index);
  shrink_if_sparse(array, policy);
  return taken;
}

/// erase_at_unordered that hands the element out. Nothing when out of range.
template <dynamic_array C>
[[nodiscard]] std::optional<std::ranges::range_value_t<C>>
take_at_unordered(C& array, std::integral auto index, shrink_policy policy = {}) {
  if (!detail::in_range(array, index))
    return std::nullopt;
  std::optional<std::ranges::range_value_t<C>> taken(
      std::move(*detail::element_at(array, index)));
  detail::fill_gap(array, index);
  shrink_if_sparse(array, policy);
  return taken;
}

} // namespace tinybook
