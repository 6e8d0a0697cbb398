#pragma once

#include "config/settings.hpp"
#include "config/value_text.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace tinybook::config {

/// The value of a key on its way between text and the settings. Words and UTC offsets
/// travel as text.
using value = std::variant<bool, std::int64_t, double, milliseconds, std::string,
                           std::vector<std::string>>;

enum class value_type : std::uint8_t {
  boolean,
  integer,
  real,
  duration,
  bytes,
  word, ///< One of `key::words`.
  text,
  texts,
};

/// Whether a running process can take a new value.
enum class reload : std::uint8_t { restart, live };

/// What a text must look like, beyond its length.
struct text_rule {
  std::string_view allowed; ///< Ends the sentence "use …".
  bool (*holds)(std::string_view) = nullptr;
  /// Whether such a text has a secret in it, as a URL may. Null: that is up to the key.
  bool (*secret_in)(std::string_view) = nullptr;
};

/// One line of the key table: all that is known of a key.
struct key {
  std::string_view name; ///< Dotted; one of a table in an array has no section.
  value_type type = value_type::boolean;
  reload change = reload::restart;
  bool secret = false;
  bool required = false;
  std::string_view unit{}; ///< Of an integer: what it counts. May be empty.
  /// Inclusive; bytes of a `text`, items of `texts`, milliseconds of a `duration`.
  std::int64_t low = 0;
  std::int64_t high = 0;
  double low_real = 0;
  double high_real = 0;
  std::span<const std::string_view> words{};
  text_rule rule{};
  std::string_view default_text; ///< As it stands in the TOML file.
  std::string_view description;  ///< One sentence; names what 0 or empty means.

  /// Between the settings and a value of the kind that `type` asks for. `row` is the
  /// place of the table in its array, and unused for all other keys.
  value (*read)(const settings&, std::size_t row) = nullptr;
  void (*assign)(settings&, std::size_t row, const value&) = nullptr;
};

/// The words of an enum, in its order.
template <class E>
inline constexpr std::span<const std::string_view> words_of;

namespace words {
inline constexpr std::array<std::string_view, 2> database{"sqlite", "postgres"};
inline constexpr std::array<std::string_view, 2> backend{"local", "redis"};
inline constexpr std::array<std::string_view, 2> bus{"local", "kafka"};
inline constexpr std::array<std::string_view, 4> kafka_security{
    "plaintext", "ssl", "sasl_plaintext", "sasl_ssl"};
inline constexpr std::array<std::string_view, 3> sasl{"PLAIN", "SCRAM-SHA-256",
                                                      "SCRAM-SHA-512"};
inline constexpr std::array<std::string_view, 5> level{"trace", "debug", "info", "warn",
                                                       "error"};
inline constexpr std::array<std::string_view, 2> format{"text", "json"};
inline constexpr std::array<std::string_view, 5> provider{"console", "webhook", "tencent",
                                                          "aliyun", "twilio"};
inline constexpr std::array<std::string_view, 2> hook_failure{"open", "closed"};
inline constexpr std::array<std::string_view, 3> admin{"read", "act", "configure"};
inline constexpr std::array<std::string_view, 3> fixed_line{"refuse_home", "allow",
                                                            "refuse"};
} // namespace words

template <>
inline constexpr std::span<const std::string_view> words_of<database_kind> =
    words::database;
template <>
inline constexpr std::span<const std::string_view> words_of<backend_kind> =
    words::backend;
template <>
inline constexpr std::span<const std::string_view> words_of<bus_kind> = words::bus;
template <>
inline constexpr std::span<const std::string_view> words_of<kafka_security> =
    words::kafka_security;
template <>
inline constexpr std::span<const std::string_view> words_of<sasl_kind> = words::sasl;
template <>
inline constexpr std::span<const std::string_view> words_of<log_level> = words::level;
template <>
inline constexpr std::span<const std::string_view> words_of<log_format> = words::format;
template <>
inline constexpr std::span<const std::string_view> words_of<provider_kind> =
    words::provider;
template <>
inline constexpr std::span<const std::string_view> words_of<hook_failure> =
    words::hook_failure;
template <>
inline constexpr std::span<const std::string_view> words_of<admin_level> = words::admin;
template <>
inline constexpr std::span<const std::string_view> words_of<fixed_line_kind> =
    words::fixed_line;

/// The word of an enum's value, as the configuration writes it.
template <class E>
requires std::is_enum_v<E>
[[nodiscard]] constexpr std::string_view word_of(E e) {
  return words_of<E>[static_cast<std::size_t>(e)];
}

} // namespace tinybook::config
