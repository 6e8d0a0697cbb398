// erase_at against std::vector::erase, and a vector that releases memory against one that
// never does. Prints nanoseconds an operation and their ratio, all from one run.

#include "storage/support/erase_at.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace tinybook;

/// The compiler must believe that the array is read, or it turns a whole loop of erases
/// at the back into one subtraction.
template <class T>
void look_at(T& array) {
  asm volatile("" : : "g"(&array) : "memory");
}

template <class T>
T make(std::size_t n) {
  if constexpr (std::is_same_v<T, std::string>)
    return std::string(40, static_cast<char>('a' + n % 26)); // beyond the short form
  else
    return static_cast<T>(n);
}

template <class T>
std::vector<T> filled(std::size_t size) {
  std::vector<T> array;
  array.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    array.push_back(make<T>(i));
  return array;
}

enum class position { front, middle, back };

constexpr std::array<const char*, 3> position_names = {"front", "middle", "back"};

std::size_t index_at(position where, std::size_t size) {
  switch (where) {
  case position::front:
    return 0;
  case position::middle:
    return size / 2;
  default:
    return size - 1;
  }
}

/// Nanoseconds an operation while a tenth of `size` elements go; the arrays are made
/// before the clock starts. A tenth, so that the size stays about what the table says.
template <class T, class Erase>
double time_of(std::size_t size, position where, Erase erase) {
  const auto per_array = std::max<std::size_t>(1, size / 10);
  const auto arrays_count = std::clamp<std::size_t>(100'000 / per_array, 1, 2'000);
  std::vector<std::vector<T>> arrays(arrays_count, filled<T>(size));
  const auto start = std::chrono::steady_clock::now();
  for (auto& array : arrays)
    for (std::size_t i = 0; i < per_array; ++i) {
      erase(array, index_at(where, array.size()));
      look_at(array);
    }
  const std::chrono::duration<double, std::nano> took =
      std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(per_array * arrays_count);
}

/// The best of several turns of each, taken in turn: noise only ever adds.
template <class F, class G>
std::pair<double, double> best_of(F first, G second) {
  double a = first();
  double b = second();
  for (int turn = 0; turn < 6; ++turn) {
    a = std::min(a, first());
    b = std::min(b, second());
  }
  return {a, b};
}

void print_row(const std::string& what, double ours, double theirs) {
  std::printf("%-38s %12.1f %12.1f %8.2f\n", what.c_str(), ours, theirs, ours / theirs);
}

template <class T>
void compare_erase(const char* type) {
  for (std::size_t size : {16U, 256U, 4'096U, 65'536U})
    for (auto where : {position::front, position::middle, position::back}) {
      if (size == 65'536 && where != position::back && std::is_same_v<T, std::string>)
        continue; // milliseconds each; 4 096 shows the same
      const auto [ours, theirs] = best_of(
          [&] {
            return time_of<T>(size, where, [](std::vector<T>& array, std::size_t index) {
              (void)erase_at(array, index);
            });
          },
          [&] {
            return time_of<T>(size, where, [](std::vector<T>& array, std::size_t index) {
              array.erase(array.begin() + static_cast<std::ptrdiff_t>(index));
            });
          });
      print_row(std::string("erase ") + type + " x " + std::to_string(size) + " at "
                    + position_names.at(static_cast<std::size_t>(where)),
                ours, theirs);
    }
}

template <class T>
void compare_unordered(const char* type) {
  for (std::size_t size : {256U, 65'536U}) {
    const auto [ours, theirs] = best_of(
        [&] {
          return time_of<T>(size, position::front,
                            [](std::vector<T>& array, std::size_t index) {
                              (void)erase_at_unordered(array, index);
                            });
        },
        [&] {
          return time_of<T>(size, position::front,
                            [](std::vector<T>& array, std::size_t index) {
                              std::swap(array[index], array.back());
                              array.pop_back();
                            });
        });
    print_row(std::string("unordered ") + type + " x " + std::to_string(size)
                  + " (swap, pop_back)",
              ours, theirs);
  }
}

/// Fills and drains at the back; what is left of the capacity at the end goes to `left`.
template <class Erase>
double drain(std::size_t size, std::size_t& left, Erase erase) {
  auto array = filled<std::size_t>(size);
  const auto start = std::chrono::steady_clock::now();
  while (array.size() > 1) {
    erase(array);
    look_at(array);
  }
  const std::chrono::duration<double, std::nano> took =
      std::chrono::steady_clock::now() - start;
  left = array.capacity();
  return took.count() / static_cast<double>(size);
}

void compare_draining() {
  for (std::size_t size : {1'000U, 100'000U, 1'000'000U}) {
    std::size_t ours_left = 0;
    std::size_t theirs_left = 0;
    const auto [ours, theirs] = best_of(
        [&] {
          return drain(size, ours_left,
                       [](auto& array) { (void)erase_at(array, array.size() - 1); });
        },
        [&] {
          return drain(size, theirs_left,
                       [](auto& array) { array.erase(array.end() - 1); });
        });
    print_row("drain " + std::to_string(size) + " from the back", ours, theirs);
    std::printf("%-38s %12zu %12zu\n", "  capacity left, elements", ours_left,
                theirs_left);
  }
}

/// Erases and inserts around one size, the worst place for a policy without hysteresis.
void compare_edge() {
  for (std::size_t size : {64U, 1'024U, 16'384U}) {
    const auto swing = [size](auto erase) {
      auto array = filled<std::size_t>(size * 4);
      while (array.size() > size)
        erase(array);
      constexpr int turns = 200'000;
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < turns; ++i) {
        erase(array);
        look_at(array);
        array.push_back(static_cast<std::size_t>(i));
        look_at(array);
      }
      const std::chrono::duration<double, std::nano> took =
          std::chrono::steady_clock::now() - start;
      return took.count() / turns;
    };
    const auto [ours, theirs] = best_of(
        [&] {
          return swing([](auto& array) { (void)erase_at(array, array.size() - 1); });
        },
        [&] { return swing([](auto& array) { array.erase(array.end() - 1); }); });
    print_row("erase and insert at the edge, " + std::to_string(size), ours, theirs);
  }
}

} // namespace

int main() {
  std::printf("%-38s %12s %12s %8s\n", "", "erase_at ns", "vector ns", "ratio");
  compare_erase<int>("int");
  compare_erase<std::string>("string");
  compare_unordered<int>("int");
  compare_unordered<std::string>("string");
  compare_draining();
  compare_edge();
}
