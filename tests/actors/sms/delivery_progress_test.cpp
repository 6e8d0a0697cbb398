#include "actors/sms/delivery_progress.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace tinybook {

using namespace std::chrono_literals;
using test::wall_start;

namespace {

delivery_progress sample() {
  delivery_progress progress;
  progress.round = 3;
  progress.tried = {"a", "b"};
  progress.total_tries = 9;
  progress.holds = {{"a", wall_start + 1ms}, {"b", wall_start + 2ms, wall_start}};
  progress.next_round_at = wall_start + 5s;
  progress.awaits_receipt = true;
  return progress;
}

} // namespace

TEST_CASE("a message's progress comes back from its row") {
  CHECK(decode_progress(encode_progress(sample())) == sample());
  auto without = sample();
  without.next_round_at.reset();
  CHECK(decode_progress(encode_progress(without)) == without);
}

TEST_CASE("a fresh progress is the empty text") {
  CHECK(encode_progress({}).empty());
  CHECK(decode_progress("") == delivery_progress{});
}

TEST_CASE("a time is never stored earlier than it was decided") {
  auto progress = sample();
  progress.next_round_at = wall_start + 1ns;
  progress.holds[0].until = wall_start + 1ms + 1ns;
  auto stored = decode_progress(encode_progress(progress));
  CHECK(stored.next_round_at == wall_start + 1ms);
  CHECK(stored.holds[0].until == wall_start + 2ms);
}

TEST_CASE("a hold from before pauses could be lifted is read as one that cannot") {
  const auto stored = decode_progress(
      R"({"round":0,"tried":["a"],"total_tries":0,"awaits_receipt":false,)"
      R"("holds":[{"provider":"a","until":5}]})");
  REQUIRE(stored.holds.size() == 1);
  CHECK_FALSE(stored.holds[0].may_be_lifted());
}

TEST_CASE("a progress that cannot be read is a fresh one") {
  for (const auto* text : {"{", "[]", "{}", "7", R"({"round":"x"})",
                           R"({"round":1,"tried":[1],"total_tries":0,"holds":[]})"})
    CHECK(decode_progress(text) == delivery_progress{});
}

} // namespace tinybook
