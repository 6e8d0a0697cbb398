#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How quantities are written in the configuration. Each `format_x` gives the shortest
/// text that `parse_x` reads back as the same value.
namespace tinybook::config {

/// `500ms`, `10s`, `1.5h`, `30d`; units ms, s, m, h, d. Nothing for any other text, for a
/// part of a millisecond, and beyond some 292 million years.
[[nodiscard]] std::optional<std::chrono::milliseconds>
parse_duration(std::string_view text);
[[nodiscard]] std::string format_duration(std::chrono::milliseconds value);

/// `512B`, `64KiB`, `1.25MiB`, `2GiB`, or a plain number of bytes. Nothing for any other
/// text and for a part of a byte.
[[nodiscard]] std::optional<std::int64_t> parse_bytes(std::string_view text);
[[nodiscard]] std::string format_bytes(std::int64_t value);

/// `+08:00`, `-03:30`; at most `most` either way: no place is further from UTC than 14
/// hours.
[[nodiscard]] std::optional<std::chrono::minutes>
parse_utc_offset(std::string_view text,
                 std::chrono::minutes most = std::chrono::hours{14});
[[nodiscard]] std::string format_utc_offset(std::chrono::minutes value);

/// The whole text as a finite number.
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

/// Always with a point or an exponent, as TOML tells a float from an integer.
[[nodiscard]] std::string format_real(double value);

/// A TOML basic string with its quotes; control characters are escaped.
[[nodiscard]] std::string quote(std::string_view text);

} // namespace tinybook::config
