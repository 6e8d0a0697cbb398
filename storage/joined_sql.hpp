#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace tinybook::storage {

/// A piece of SQL that several statements share, or a literal between two of them.
template <std::size_t N>
struct sql_part {
  std::array<char, N> text{};

  consteval sql_part(const char (&literal)[N]) { // NOLINT: literals are such arrays
    std::copy_n(&literal[0], N, text.begin());
  }
};

/// The parts put together while compiling.
template <sql_part... parts>
struct joined_parts {
  static constexpr auto text = [] {
    std::array<char, (std::size_t{1} + ... + (parts.text.size() - 1))> out{};
    auto at = out.begin();
    ((at = std::copy_n(parts.text.begin(), parts.text.size() - 1, at)), ...);
    return out;
  }();
};

/// One statement of its parts, with an address of its own, as statements need it:
/// `joined_sql<"SELECT ", user_columns, " FROM users WHERE id = $1">`.
template <sql_part... parts>
inline constexpr const char* joined_sql = joined_parts<parts...>::text.data();

} // namespace tinybook::storage
