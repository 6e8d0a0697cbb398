#include "actors/sms/sending_pause.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

constexpr wall_time pause_time{std::chrono::hours{12}};

force_provider word(forced_state state, wall_time until = {}) {
  return {storage::every_provider, state, until, {"ops", "a test"}};
}

storage::provider_state_list stored(storage::provider_state row) {
  storage::provider_state_list list;
  list.states.push_back(std::move(row));
  return list;
}

/// One that knows that the store holds nothing.
sending_pause known_pause() {
  sending_pause pause;
  pause.loaded({});
  return pause;
}

} // namespace

TEST_CASE("until the store has been asked everything counts as paused") {
  sending_pause pause;
  CHECK(pause.holds(pause_time));
  CHECK_FALSE(pause.ends_in(pause_time));
  CHECK(pause.loaded({}));
  CHECK_FALSE(pause.holds(pause_time));
  CHECK_FALSE(pause.loaded({}));
}

TEST_CASE("a word holds at once, ends by itself, and names who said it until lifted") {
  auto pause = known_pause();
  const auto row = pause.say(word(forced_state::open, pause_time + 30s), pause_time);
  CHECK(row.provider == storage::every_provider);
  CHECK(row.generation == 1);
  CHECK(row.forced_by == "ops");
  CHECK(pause.holds(pause_time + 29s));
  CHECK(pause.ends_in(pause_time + 29s) == 1s);
  CHECK_FALSE(pause.holds(pause_time + 30s));
  CHECK_FALSE(pause.ends_in(pause_time + 30s));
  const auto lifted = pause.say(word(forced_state::none), pause_time + 1s);
  CHECK(lifted.generation == 2);
  CHECK(lifted.forced_by.empty());
  CHECK_FALSE(pause.holds(pause_time + 1s));
}

TEST_CASE("a pause without an end holds until somebody lifts it") {
  auto pause = known_pause();
  (void)pause.say(word(forced_state::open), pause_time);
  CHECK(pause.holds(pause_time + 240h));
  CHECK_FALSE(pause.ends_in(pause_time));
}

TEST_CASE("of two replicas' words the higher generation counts, then the stored one") {
  auto mine = known_pause();
  auto theirs = known_pause();
  auto lifts = theirs.say(word(forced_state::open), pause_time);
  lifts = theirs.say(word(forced_state::none), pause_time + 1s);
  (void)mine.say(word(forced_state::open), pause_time + 2s);
  mine.said();
  CHECK(mine.loaded(stored(lifts))); // Its generation is higher.
  CHECK_FALSE(mine.holds(pause_time + 3s));

  auto other = known_pause();
  const auto first = other.say(word(forced_state::open), pause_time);
  auto late = known_pause();
  (void)late.say(word(forced_state::none), pause_time + 1s);
  CHECK_FALSE(late.loaded(stored(first))); // Ours is on its way: the store decides.
  CHECK_FALSE(late.holds(pause_time + 1s));
  late.said();
  CHECK(late.loaded(stored(first)));
  CHECK(late.holds(pause_time + 1s));
}

} // namespace tinybook
