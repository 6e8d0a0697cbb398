#include "storage/support/calendar.hpp"

#include "config/value_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>

namespace tinybook {

namespace {

using namespace std::chrono_literals;

/// Whether `text` is as long as `shape` and fits it: a `#` there stands for a digit, a
/// `?` for anything.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::ranges::equal(text, shape, [](char c, char s) {
    return s == '?' || (s == '#' ? c >= '0' && c <= '9' : c == s);
  });
}

/// The digits of `text`, which are known to be digits, as a number.
template <class Number = int>
Number number_of(std::string_view digits) {
  Number value{};
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::chrono::year_month_day> real_day(int year, std::size_t month,
                                                    unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{day}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

/// `hh:mm:ss`
std::optional<std::chrono::seconds> time_of_day(std::string_view text, int last_second) {
  if (!has_shape(text, "##:##:##"))
    return std::nullopt;
  const auto hour = number_of(text.substr(0, 2));
  const auto minute = number_of(text.substr(3, 2));
  const auto second = number_of(text.substr(6, 2));
  if (hour > 23 || minute > 59 || second > last_second)
    return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute)
         + std::chrono::seconds(second);
}

/// Takes `.` and one to nine digits off the front of `text`, if it begins with a point.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.'))
    return 0ns;
  const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
  if (end < 2 || end > 10)
    return std::nullopt;
  std::string nine_digits{text.substr(1, end - 1)};
  nine_digits.resize(9, '0');
  text.remove_prefix(end);
  return std::chrono::nanoseconds(number_of(nine_digits));
}

/// The last `digits` digits, with zeros in front. Lists are full of dates, and snprintf
/// is slow.
template <std::size_t digits>
void append_number(std::string& out, std::unsigned_integral auto number) {
  std::array<char, digits> text{};
  for (auto at = text.rbegin(); at != text.rend(); ++at, number /= 10)
    *at = static_cast<char>('0' + number % 10);
  out.append(text.data(), text.size());
}

template <std::size_t digits, class Rep, class Period>
void append_number(std::string& out, std::chrono::duration<Rep, Period> part) {
  append_number<digits>(out, static_cast<unsigned>(part.count()));
}

/// The year is one of four digits.
void append_date(std::string& out, std::chrono::year_month_day day) {
  append_number<4>(out, static_cast<unsigned>(int{day.year()}));
  append_number<2>(out += '-', unsigned{day.month()});
  append_number<2>(out += '-', unsigned{day.day()});
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
  if (!has_shape(text, "####-##-##") || text.starts_with("0000"))
    return std::nullopt;
  return real_day(number_of(text.substr(0, 4)), number_of<std::size_t>(text.substr(5, 2)),
                  number_of<unsigned>(text.substr(8, 2)));
}

std::string format_date(std::chrono::year_month_day day) {
  std::string out;
  append_date(out, day);
  return out;
}

std::string format_rfc3339(wall_time time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto midnight = std::chrono::floor<std::chrono::days>(ms);
  const std::chrono::hh_mm_ss clock(ms - midnight);
  std::string out;
  out.reserve(24);
  append_date(out, midnight);
  append_number<2>(out += 'T', clock.hours());
  append_number<2>(out += ':', clock.minutes());
  append_number<2>(out += ':', clock.seconds());
  append_number<3>(out += '.', clock.subseconds());
  return out += 'Z';
}

std::optional<wall_time> parse_rfc3339(std::string_view text) {
  constexpr std::size_t to_seconds = 19;
  if (text.size() < to_seconds || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
    return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  // The clock counts nanoseconds in 64 bits: it ends in 2262.
  if (!date || date->year() < std::chrono::year{1678}
      || date->year() > std::chrono::year{2261})
    return std::nullopt;
  const auto clock = time_of_day(text.substr(11, 8), 59);
  text.remove_prefix(to_seconds);
  const auto fraction = take_fraction(text);
  const auto offset = parse_utc_offset(text);
  if (!clock || !fraction || !offset)
    return std::nullopt;
  return wall_time(std::chrono::sys_days(*date)) + *clock - *offset
         + std::chrono::duration_cast<wall_time::duration>(*fraction);
}

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (!has_shape(text, "???, ##?????####?##:##:## GMT"))
    return std::nullopt;
  const auto month = months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0)
    return std::nullopt;
  const auto date = real_day(number_of(text.substr(12, 4)), month / 3 + 1,
                             number_of<unsigned>(text.substr(5, 2)));
  const auto clock = time_of_day(text.substr(17, 8), 60);
  if (!date || !clock)
    return std::nullopt;
  return std::chrono::sys_days{*date} + *clock;
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

std::chrono::year_month_day date_of(std::int32_t day) {
  return std::chrono::sys_days(std::chrono::days(day));
}

} // namespace tinybook
