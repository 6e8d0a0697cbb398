#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// Wall-clock time. Rules take it as an argument and never ask a clock.
using wall_time = std::chrono::system_clock::time_point;

/// Milliseconds since 1970 UTC: how time stands in the database and in messages. What the
/// clock cannot hold (its nanoseconds end in 2262) becomes its end.
[[nodiscard]] std::int64_t to_unix_ms(wall_time time);
[[nodiscard]] wall_time from_unix_ms(std::int64_t unix_ms);

/// `YYYY-MM-DD`, exactly so, and a real day of the years 1 to 9999.
[[nodiscard]] std::optional<std::chrono::year_month_day>
parse_date(std::string_view text);
[[nodiscard]] std::string format_date(std::chrono::year_month_day day);

/// RFC 3339 UTC with milliseconds: `2024-02-29T12:00:00.000Z`. Rounds down.
[[nodiscard]] std::string format_rfc3339(wall_time time);
/// RFC 3339 with `Z` or an offset, up to nine digits of a second (kept as far as the
/// clock goes). No leap seconds.
[[nodiscard]] std::optional<wall_time> parse_rfc3339(std::string_view text);

/// The date of an HTTP header (RFC 9110, IMF-fixdate): `Sun, 06 Nov 1994 08:49:37 GMT`.
/// The name of the day and what separates day, month, year and time are not looked at.
/// In seconds, for the clock's nanoseconds end in 2262.
[[nodiscard]] std::optional<std::chrono::sys_seconds>
parse_http_date(std::string_view text);

/// `+08:00`, `-03:30`, `Z`; at most 18 hours either way.
[[nodiscard]] std::optional<std::chrono::minutes> parse_utc_offset(std::string_view text);

/// The number of the day that `time` falls on at `offset` from UTC; 0 is 1970-01-01
/// there.
[[nodiscard]] std::int32_t day_of(wall_time time, std::chrono::minutes offset);
/// The date of a day number.
[[nodiscard]] std::chrono::year_month_day date_of(std::int32_t day);

} // namespace tinybook
