#pragma once

#include "config/key_table.hpp"

#include <algorithm>

/// What the key table is written with: a function for each type of key.
namespace tinybook::config {

inline constexpr auto restart = reload::restart;
inline constexpr auto live = reload::live;
inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;
/// The upper bound of counts that need none in practice.
inline constexpr std::int64_t many = 1'000'000;

template <class T>
[[nodiscard]] value to_value(const T& field) {
  if constexpr (std::is_enum_v<T>)
    return std::string{word_of(field)};
  else if constexpr (std::same_as<T, std::chrono::minutes>)
    return format_utc_offset(field);
  else if constexpr (std::integral<T> && !std::same_as<T, bool>)
    return static_cast<std::int64_t>(field);
  else
    return field;
}

/// `given` has passed the checks of its key, so every conversion here is exact.
template <class T>
void from_value(T& field, const value& given) {
  if constexpr (std::is_enum_v<T>) {
    const auto found = std::ranges::find(words_of<T>, std::get<std::string>(given));
    field = static_cast<T>(found - words_of<T>.begin());
  } else if constexpr (std::same_as<T, std::chrono::minutes>) {
    field = parse_utc_offset(std::get<std::string>(given)).value_or(field);
  } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    field = static_cast<T>(std::get<std::int64_t>(given));
  } else {
    field = std::get<T>(given);
  }
}

/// Reads and assigns a member: `at<&settings::http, &http_settings::port>`.
struct place {
  value (*read)(const settings&, std::size_t);
  void (*assign)(settings&, std::size_t, const value&);
};

template <auto... Path>
inline constexpr place at{
    [](const settings& s, std::size_t) { return to_value((s.*....*Path)); },
    [](settings& s, std::size_t, const value& v) { from_value((s.*....*Path), v); },
};

/// Reads and assigns a member of a table in an array.
template <auto Section, auto Array, auto Member>
inline constexpr place in_table{
    [](const settings& s, std::size_t row) {
      return to_value((s.*Section.*Array)[row].*Member);
    },
    [](settings& s, std::size_t row, const value& v) {
      from_value((s.*Section.*Array)[row].*Member, v);
    },
};

/// What every key has, whatever its type.
struct about {
  std::string_view name;
  place where;
  std::string_view default_text;
  reload change;
  std::string_view description;
};

[[nodiscard]] constexpr key describe_key(const about& a, value_type type) {
  return {.name = a.name,
          .type = type,
          .change = a.change,
          .default_text = a.default_text,
          .description = a.description,
          .read = a.where.read,
          .assign = a.where.assign};
}

[[nodiscard]] constexpr key boolean(const about& a) {
  return describe_key(a, value_type::boolean);
}

[[nodiscard]] constexpr key integer(const about& a, std::int64_t low, std::int64_t high,
                                    std::string_view unit = {}) {
  auto k = describe_key(a, value_type::integer);
  k.low = low;
  k.high = high;
  k.unit = unit;
  return k;
}

[[nodiscard]] constexpr key real(const about& a, double low, double high) {
  auto k = describe_key(a, value_type::real);
  k.low_real = low;
  k.high_real = high;
  return k;
}

[[nodiscard]] constexpr key duration(const about& a, milliseconds low,
                                     milliseconds high) {
  auto k = describe_key(a, value_type::duration);
  k.low = low.count();
  k.high = high.count();
  return k;
}

[[nodiscard]] constexpr key bytes(const about& a, std::int64_t low, std::int64_t high) {
  auto k = describe_key(a, value_type::bytes);
  k.low = low;
  k.high = high;
  return k;
}

[[nodiscard]] constexpr key word(const about& a,
                                 std::span<const std::string_view> words) {
  auto k = describe_key(a, value_type::word);
  k.words = words;
  return k;
}

[[nodiscard]] constexpr key text(const about& a, std::int64_t low, std::int64_t high,
                                 text_rule rule = {}) {
  auto k = describe_key(a, value_type::text);
  k.low = low;
  k.high = high;
  k.rule = rule;
  return k;
}

[[nodiscard]] constexpr key texts(const about& a, std::int64_t most, text_rule rule) {
  auto k = describe_key(a, value_type::texts);
  k.high = most;
  k.rule = rule;
  return k;
}

template <auto Section, auto Array>
[[nodiscard]] constexpr table_array array_of(std::string_view name, std::string_view head,
                                             std::span<const key> keys) {
  return {.name = name,
          .head = head,
          .keys = keys,
          .rows = [](const settings& s) { return (s.*Section.*Array).size(); },
          .resize =
              [](settings& s, std::size_t rows) {
                (s.*Section.*Array).resize(rows);
              }};
}

[[nodiscard]] constexpr key secret(key k) {
  k.secret = true;
  return k;
}

[[nodiscard]] constexpr key required(key k) {
  k.required = true;
  return k;
}

} // namespace tinybook::config
