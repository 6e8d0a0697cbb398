#include "config/parse_number.hpp"
#include "config/value_text.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::config {

using namespace std::chrono_literals;

namespace {

/// Any non-negative number, small and huge ones alike.
rc::Gen<std::int64_t> natural() {
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t n) {
    return static_cast<std::int64_t>(n >> (1 + n % 60));
  });
}

} // namespace

TEST_CASE("a duration is a number and a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("10s") == 10s);
  CHECK(parse_duration("15m") == 15min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("30d") == 30 * 24h);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("0.25h") == 15min);
}

TEST_CASE("a duration is nothing else") {
  for (const auto* text : {"",
                           "10",
                           "s",
                           "10 s",
                           " 10s",
                           "10s ",
                           "-1s",
                           "+1s",
                           "1e3s",
                           "10S",
                           "10sec",
                           "1..5s",
                           ".5s",
                           "5.s",
                           "1h30m",
                           "0x10s",
                           "1.0005s",
                           "0.1ms",
                           "99999999999999999999s",
                           "9223372036854775807d"})
    CHECK_MESSAGE(!parse_duration(text), text);
}

TEST_CASE("a size is a number of bytes with or without a unit") {
  CHECK(parse_bytes("0") == 0);
  CHECK(parse_bytes("65536") == 65'536);
  CHECK(parse_bytes("512B") == 512);
  CHECK(parse_bytes("64KiB") == 65'536);
  CHECK(parse_bytes("1.25MiB") == 1'310'720);
  CHECK(parse_bytes("2GiB") == std::int64_t{2} << 30);
}

TEST_CASE("a size is nothing else") {
  for (const auto* text : {"", "-1", "64KB", "64k", "64 KiB", "1.5B", "KiB", "1e3",
                           "99999999999999999999", "9999999999999GiB"})
    CHECK_MESSAGE(!parse_bytes(text), text);
}

TEST_CASE("every duration is read back as it was written") {
  CHECK(rc::check("duration round trip", [] {
    const std::chrono::milliseconds value{*natural()};
    RC_ASSERT(parse_duration(format_duration(value)) == value);
  }));
}

TEST_CASE("every size is read back as it was written") {
  CHECK(rc::check("size round trip", [] {
    const auto value = *natural();
    RC_ASSERT(parse_bytes(format_bytes(value)) == value);
  }));
}

TEST_CASE("every UTC offset is read back as it was written") {
  CHECK(rc::check("offset round trip", [] {
    const std::chrono::minutes value{*rc::gen::inRange(-14 * 60, 14 * 60 + 1)};
    RC_ASSERT(parse_utc_offset(format_utc_offset(value)) == value);
  }));
  CHECK(parse_utc_offset("+08:00") == 8h);
  CHECK(parse_utc_offset("-03:30") == -210min);
  for (const auto* text : {"", "8", "+8:00", "+08:60", "+15:00", "+14:01", "08:00",
                           "+0800", "Z", "+08:0x", "+-8:00"})
    CHECK_MESSAGE(!parse_utc_offset(text), text);
}

TEST_CASE("every float is read back as it was written and looks like one") {
  CHECK(rc::check("float round trip", [] {
    const auto value = *rc::gen::arbitrary<double>();
    const auto text = format_real(value);
    RC_ASSERT(parse_real(text) == value);
    RC_ASSERT(text.find_first_of(".e") != std::string::npos);
  }));
  CHECK_FALSE(parse_real("inf"));
  CHECK_FALSE(parse_real("nan"));
}

TEST_CASE("for any text a parser returns a value or nothing") {
  CHECK(rc::check("parsers are total", [](const std::string& text) {
    (void)parse_duration(text);
    (void)parse_bytes(text);
    (void)parse_utc_offset(text);
    (void)parse_number<std::int64_t>(text);
    (void)parse_real(text);
  }));
}

} // namespace tinybook::config
