#include "storage/support/calendar.hpp"

#include "config/value_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tinybook {

namespace {

using namespace std::chrono_literals;

/// Reads fixed-width fields from the front of a text.
class date_reader {
 public:
  explicit date_reader(std::string_view text) : rest_(text) {}

  /// Exactly `digits` digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits)
      return std::nullopt;
    int value = 0;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9')
        return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  bool skip(char expected) {
    if (rest_.empty() || rest_.front() != expected)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::year_month_day> read_date(date_reader& text) {
  const auto year = text.number(4);
  if (!year || *year == 0 || !text.skip('-'))
    return std::nullopt;
  const auto month = text.number(2);
  if (!month || !text.skip('-'))
    return std::nullopt;
  const auto day = text.number(2);
  if (!day)
    return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<std::chrono::seconds> read_time_of_day(date_reader& text) {
  const auto hour = text.number(2);
  if (!hour || *hour > 23 || !text.skip(':'))
    return std::nullopt;
  const auto minute = text.number(2);
  if (!minute || *minute > 59 || !text.skip(':'))
    return std::nullopt;
  const auto second = text.number(2);
  if (!second || *second > 59)
    return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute)
         + std::chrono::seconds(*second);
}

/// The digits after the decimal point, if there is one.
std::optional<std::chrono::nanoseconds> read_fraction(date_reader& text) {
  if (!text.skip('.'))
    return 0ns;
  std::int64_t nanoseconds = 0;
  std::int64_t unit = 100'000'000;
  std::size_t digits = 0;
  while (const auto digit = text.number(1)) {
    nanoseconds += *digit * unit;
    unit /= 10;
    if (++digits > 9)
      return std::nullopt;
  }
  if (digits == 0)
    return std::nullopt;
  return std::chrono::nanoseconds(nanoseconds);
}

} // namespace

std::int64_t to_unix_ms(wall_time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

wall_time from_unix_ms(std::int64_t unix_ms) {
  return wall_time(std::chrono::milliseconds(std::clamp(
      unix_ms, to_unix_ms(wall_time::min()) + 1, to_unix_ms(wall_time::max()))));
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  date_reader reader(text);
  const auto date = read_date(reader);
  return reader.rest().empty() ? date : std::nullopt;
}

std::string format_date(std::chrono::year_month_day day) {
  std::array<char, 40> buffer{};
  const auto size =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", int{day.year()},
                    unsigned{day.month()}, unsigned{day.day()});
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string format_rfc3339(wall_time time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto midnight = std::chrono::floor<std::chrono::days>(ms);
  const std::chrono::hh_mm_ss clock(ms - midnight);
  std::array<char, 40> buffer{};
  const auto size = std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02d.%03dZ",
                                  static_cast<int>(clock.hours().count()),
                                  static_cast<int>(clock.minutes().count()),
                                  static_cast<int>(clock.seconds().count()),
                                  static_cast<int>(clock.subseconds().count()));
  return format_date(midnight)
         + std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::optional<wall_time> parse_rfc3339(std::string_view text) {
  date_reader reader(text);
  const auto date = read_date(reader);
  // The clock counts nanoseconds in 64 bits: it ends in 2262.
  if (!date || date->year() < std::chrono::year{1678}
      || date->year() > std::chrono::year{2261})
    return std::nullopt;
  if (!reader.skip('T') && !reader.skip('t') && !reader.skip(' '))
    return std::nullopt;
  const auto clock = read_time_of_day(reader);
  const auto fraction = clock ? read_fraction(reader) : std::nullopt;
  if (!fraction)
    return std::nullopt;
  const auto offset = parse_utc_offset(reader.rest());
  if (!offset)
    return std::nullopt;
  return wall_time(std::chrono::sys_days(*date)) + *clock - *offset
         + std::chrono::duration_cast<wall_time::duration>(*fraction);
}

std::optional<std::chrono::minutes> parse_utc_offset(std::string_view text) {
  if (text == "Z" || text == "z")
    return 0min;
  return config::parse_utc_offset(text, 18h);
}

std::int32_t day_of(wall_time time, std::chrono::minutes offset) {
  const auto day = std::chrono::floor<std::chrono::days>(time + offset);
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

wall_time start_of_day(std::int32_t day, std::chrono::minutes offset) {
  return wall_time(std::chrono::days(day)) - offset;
}

std::chrono::year_month_day date_of(std::int32_t day) {
  return std::chrono::sys_days(std::chrono::days(day));
}

} // namespace tinybook
