#include "http/providers/retry_after.hpp"

#include "storage/support/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tinybook::http {

using std::chrono::milliseconds;

namespace {

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

std::optional<unsigned> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> names{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* it = std::ranges::find(names, name);
  if (it == names.end())
    return std::nullopt;
  return static_cast<unsigned>(it - names.begin()) + 1;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`; the name of the day is not looked at. In seconds,
/// for the nanoseconds of `wall_time` end before the year 2263.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::size_t length = 29;
  if (text.size() != length || text.substr(3, 2) != ", " || text.substr(25) != " GMT"
      || text[19] != ':' || text[22] != ':')
    return std::nullopt;
  const auto day = number(text.substr(5, 2));
  const auto month = month_number(text.substr(8, 3));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{*month},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour}
         + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

} // namespace

milliseconds parse_retry_after(std::string_view value, wall_time now) {
  value = trim(value);
  if (all_digits(value)) {
    // What does not fit an int is longer than a day, too.
    const auto asked = number(value);
    return asked ? std::min<milliseconds>(std::chrono::seconds{*asked}, max_retry_after)
                 : max_retry_after;
  }
  const auto date = parse_http_date(value);
  const auto this_second = std::chrono::floor<std::chrono::seconds>(now);
  if (!date || *date <= this_second)
    return milliseconds{0};
  if (*date - this_second >= max_retry_after)
    return max_retry_after;
  return std::chrono::ceil<milliseconds>(*date - now);
}

} // namespace tinybook::http
