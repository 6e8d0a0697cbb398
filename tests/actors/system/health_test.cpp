#include "actors/system/health.hpp"
#include "actors/system/line_sampler.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{std::chrono::hours{12}};

} // namespace

TEST_CASE("a trouble lasts from its begin to its end, however often it is reported") {
  health_record record;
  record.begins("redis", health_level::failing, "gone", noon);
  record.begins("redis", health_level::degraded, "slow", noon + 5s);
  CHECK(record.has("redis"));
  CHECK(record.summary().level == health_level::degraded);
  CHECK(record.summary().reason == "slow");
  CHECK(record.summary().since == noon);
  record.ends("redis");
  record.ends("redis");
  CHECK(record.summary().level == health_level::ok);
  CHECK(record.summary().since == wall_time{});
  CHECK(record.troubles().empty());
}

TEST_CASE("health is that of the worst trouble, with the reasons of all") {
  health_record record;
  record.begins("pause.one", health_level::degraded, "paused", noon);
  record.begins("circuit.one", health_level::failing, "open", noon + 1s);
  CHECK(record.summary().level == health_level::failing);
  CHECK(record.summary().since == noon + 1s);
  CHECK(record.summary().reason == "open; paused");
}

TEST_CASE("an error has a time, and an end once the operation works again") {
  health_record record;
  record.error_ends(noon);
  CHECK(record.last_error().text.empty());
  record.note_error("boom", noon);
  CHECK(record.last_error().at == noon);
  CHECK_FALSE(record.last_error().ended);
  record.error_ends(noon + 1s);
  record.error_ends(noon + 2s);
  CHECK(record.last_error().ended == noon + 1s);
  record.note_error("boom again", noon + 3s);
  CHECK_FALSE(record.last_error().ended);
}

TEST_CASE("a new incarnation has none of the troubles of the old one") {
  health_record record;
  record.begins("redis", health_level::failing, "gone", noon);
  record.note_error("boom", noon);
  record.start_anew(noon + 1s);
  CHECK(record.summary().level == health_level::ok);
  CHECK(record.last_error().text == "boom");
  CHECK(record.last_error().ended == noon + 1s);
}

TEST_CASE("one of many lines is written per period, with how many were left out") {
  line_sampler sampler{10s};
  const tick start{1h};
  CHECK(sampler.next(start) == 0U);
  CHECK_FALSE(sampler.next(start + 1s));
  CHECK_FALSE(sampler.next(start + 9s));
  CHECK(sampler.next(start + 10s) == 2U);
  CHECK(sampler.next(start + 20s) == 0U);
}

} // namespace tinybook
