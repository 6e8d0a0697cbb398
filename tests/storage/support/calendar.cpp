#include "storage/support/calendar.hpp"

#include "config/value_text.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <rapidcheck.h>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

/// From 1700 to 2250.
rc::Gen<std::int64_t> unix_ms() {
  return rc::gen::inRange<std::int64_t>(-8'520'336'000'000, 8'835'955'200'000);
}

} // namespace

TEST_CASE("every day of 800 years comes back from its text, and no other is read") {
  int days = 0;
  for (int y = 1800; y < 2600; ++y)
    for (unsigned m = 0; m <= 13; ++m)
      for (unsigned d = 0; d <= 32; ++d) {
        const std::chrono::year_month_day day{std::chrono::year{y}, std::chrono::month{m},
                                              std::chrono::day{d}};
        const auto read = parse_date(format_date(day));
        if (read.has_value() != day.ok() || (read && *read != day))
          FAIL(format_date(day));
        days += day.ok() ? 1 : 0;
      }
  CHECK(days == 292'194);
}

TEST_CASE("only YYYY-MM-DD is a date") {
  CHECK(parse_date("2024-02-29"));
  for (const char* text :
       {"", "2023-02-29", "2024-2-29", "2024-02-29 ", " 2024-02-29", "24-02-29",
        "2024/02/29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-01-00",
        "0000-01-01", "-024-01-01", "2024-02-2９", "20240229", "2024-02-29T00:00:00Z",
        "+024-01-01", "2024-+1-01"})
    CHECK_MESSAGE(!parse_date(text), text);
}

TEST_CASE("times come back from RFC 3339") {
  CHECK(rc::check("round trip", [] {
    const auto ms = *unix_ms();
    RC_ASSERT(parse_rfc3339(format_rfc3339(from_unix_ms(ms))) == from_unix_ms(ms));
    RC_ASSERT(to_unix_ms(from_unix_ms(ms)) == ms);
  }));
  CHECK(format_rfc3339(from_unix_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_rfc3339(from_unix_ms(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(from_unix_ms(1'709'208'000'123)) == "2024-02-29T12:00:00.123Z");
}

TEST_CASE("a number of milliseconds beyond the clock becomes its end") {
  using limits = std::numeric_limits<std::int64_t>;
  CHECK(from_unix_ms(limits::max()) > from_unix_ms(9'000'000'000'000));
  CHECK(from_unix_ms(limits::min()) < from_unix_ms(-9'000'000'000'000));
}

TEST_CASE("RFC 3339 takes offsets and fractions and nothing sloppy") {
  CHECK(parse_rfc3339("1970-01-01T08:00:00+08:00") == from_unix_ms(0));
  CHECK(parse_rfc3339("1969-12-31t20:30:00.5-03:30") == from_unix_ms(500));
  CHECK(parse_rfc3339("1970-01-01T00:00:00.123456789Z") == wall_time(123'456'789ns));
  for (const char* text :
       {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00Z", "1970-02-30T00:00:00Z",
        "9999-01-01T00:00:00Z", "1970-01-01T00:00:00Zx", "1970-01-01T00:00:00+8:00"})
    CHECK_MESSAGE(!parse_rfc3339(text), text);
}

TEST_CASE("the date of an HTTP header is read strictly, on any day of the calendar") {
  const auto day = [](int year, int month, int of) {
    return std::chrono::sys_days{std::chrono::year{year} / month / of};
  };
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")
        == day(1994, 11, 6) + 8h + 49min + 37s);
  CHECK(parse_http_date("Xxx, 29 Feb 2024 23:59:60 GMT") == day(2024, 3, 1) + 0s);
  CHECK(parse_http_date("Sun, 06-Nov-1994 08:49:37 GMT")
        == parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"));
  CHECK(parse_http_date("Fri, 31 Dec 9999 00:00:00 GMT") == day(9999, 12, 31) + 0s);
  for (const char* text :
       {"", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT",
        "Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08-49-37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 06 Xyz 1994 08:49:37 GMT"})
    CHECK_MESSAGE(!parse_http_date(text), text);
}

TEST_CASE("offsets from UTC are read strictly") {
  CHECK(parse_utc_offset("+08:00") == 480min);
  CHECK(parse_utc_offset("-03:30") == -210min);
  CHECK(parse_utc_offset("Z") == 0min);
  CHECK(parse_utc_offset("+00:00") == 0min);
  for (const char* text :
       {"", "08:00", "+8:00", "+0800", "+08:60", "+19:00", "+08:00 ", "+"})
    CHECK_MESSAGE(!parse_utc_offset(text), text);
  CHECK(rc::check("round trip", [] {
    const auto offset = std::chrono::minutes(*rc::gen::inRange(-1080, 1081));
    RC_ASSERT(parse_utc_offset(config::format_utc_offset(offset)) == offset);
  }));
}

TEST_CASE("a moment lies within its day at any offset") {
  CHECK(rc::check("day_of", [] {
    const auto time = from_unix_ms(*unix_ms());
    const auto offset = std::chrono::minutes(*rc::gen::inRange(-1080, 1081));
    const auto day = day_of(time, offset);
    RC_ASSERT(test::start_of_day(day, offset) <= time);
    RC_ASSERT(time < test::start_of_day(day + 1, offset));
    RC_ASSERT(day_of(test::start_of_day(day, offset), offset) == day);
    RC_ASSERT(day_of(test::start_of_day(day, offset) - 1ns, offset) == day - 1);
  }));
}

TEST_CASE("the day changes at midnight of the offset, not of UTC") {
  const auto before = *parse_rfc3339("2024-02-29T15:59:59.999Z");
  CHECK(format_date(date_of(day_of(before, 480min))) == "2024-02-29");
  CHECK(format_date(date_of(day_of(before + 1ms, 480min))) == "2024-03-01");
  CHECK(day_of(from_unix_ms(0), 0min) == 0);
  CHECK(day_of(from_unix_ms(-1), 0min) == -1);
}

} // namespace tinybook
