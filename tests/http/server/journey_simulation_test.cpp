#include "storage/support/random.hpp"
#include "tests/http/server/journey_world.hpp"
#include "tests/support/budgets.hpp"

#include <caf/actor_system_config.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;

/// A history of troubles that a seed decides.
class journey_history {
 public:
  journey_history(caf::actor_system& system, std::uint64_t seed, bool readable)
      : chance_(seed), world_(system, readable) {}

  /// Gives the world as it is at the end, or at the first violation.
  const journey_world& run() {
    loses_ = hit(25);
    for (int i = 0; i < 150 && holds(); ++i) {
      act();
      if (hit(95))
        world_.settle();
    }
    if (holds())
      world_.drain(hit(50));
    if (holds())
      world_.end();
    return world_;
  }

 private:
  [[nodiscard]] bool holds() const { return world_.violations.empty(); }
  [[nodiscard]] std::size_t below(std::size_t bound) {
    return chance_.below(static_cast<std::uint32_t>(bound));
  }
  [[nodiscard]] bool hit(std::size_t percent) { return below(100) < percent; }

  void act() {
    const auto what = below(100);
    if (what < 30)
      send();
    else if (what < 50)
      answer();
    else if (what < 78)
      pass();
    else if (what < 86)
      leave();
    else if (what < 91)
      restart();
    else if (what < 95)
      reply_again();
    else
      world_.stall(std::chrono::microseconds{below(60'000)});
  }

  /// A client that can send; a new one where that is none, or by chance.
  std::size_t sender() {
    std::vector<std::size_t> able;
    for (std::size_t i = 0; i < world_.clients.size(); ++i)
      if (world_.clients[i].socket && !world_.clients[i].sends_no_more)
        able.push_back(i);
    if (able.empty() || (able.size() < 14 && hit(50)))
      return world_.connect(below(journey_model::addresses));
    return able[below(able.size())];
  }

  std::string plan() {
    const auto one = [this] {
      return static_cast<char>('0' + below(journey_model::actors));
    };
    std::string out;
    if (hit(15))
      return std::string(below(9), 'x');
    for (auto more = 1 + below(3); more > 0; --more) {
      if (hit(20))
        out += 'x';
      if (hit(25))
        out += {'b', one(), one()};
      else
        out += one();
    }
    return out;
  }

  void send() {
    const auto client = sender();
    for (auto more = hit(25) ? 1 + below(12) : 1; more > 0; --more)
      if (!world_.clients[client].sends_no_more)
        world_.send(client, plan(), more == 1 && hit(10) ? below(40) : 0, hit(3));
    if (hit(60))
      answer(); // At once.
  }

  void answer() {
    if (world_.open.empty())
      return;
    const auto which = below(world_.open.size());
    if (loses_ && hit(3))
      world_.lose(which);
    else
      world_.reply(which, hit(10) ? errc::user_not_found : errc::none);
  }

  void reply_again() {
    if (!world_.past.empty())
      world_.reply_again(below(world_.past.size()));
  }

  void pass() {
    const auto kind = below(3);
    if (kind == 0)
      world_.pass(std::chrono::microseconds{below(3'000)});
    else if (kind == 1)
      world_.pass(std::chrono::microseconds{below(40'000)});
    else if (world_.wakes_at() < world_.now() + journey_model::time_to_answer)
      world_.pass(
          std::chrono::ceil<std::chrono::microseconds>(world_.wakes_at() - world_.now()));
  }

  void leave() {
    if (world_.clients.empty())
      return;
    const auto client = below(world_.clients.size());
    if (!world_.clients[client].socket)
      return;
    if (hit(50))
      world_.reset(client);
    else if (!world_.clients[client].sends_no_more)
      world_.finish_sending(client);
  }

  void restart() {
    const auto which = below(journey_model::actors);
    if (!world_.is_up[which])
      world_.start_actor(which);
    else if (hit(50))
      world_.end_actor(which);
  }

  seeded_random chance_;
  journey_world world_;
  bool loses_ = false; ///< Some answers never come.
};

struct journey_system {
  caf::actor_system_config config;
  caf::actor_system system{config};
};

std::string told_by(const journey_world& world) {
  std::string out;
  const auto& lines = world.told().lines();
  for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 40); i < lines.size();
       ++i)
    out += lines[i] + '\n';
  return out;
}

} // namespace

TEST_CASE("simulation of HTTP journeys: each request is answered once, in its order, or "
          "its client is gone; nothing leaks") {
  journey_system in;
  std::map<std::string, std::int64_t> counts;
  for (int seed = 1; seed <= tinybook::test::budgets::http_seeds.amount(); ++seed) {
    journey_history history{in.system, static_cast<std::uint64_t>(seed), false};
    const auto& world = history.run();
    for (const auto& [what, count] : world.counts)
      counts[what] += count;
    if (world.violations.empty())
      continue;
    journey_history again{in.system, static_cast<std::uint64_t>(seed), true};
    FAIL("seed " << seed << ": " << world.violations.front() << "\n"
                 << told_by(again.run()));
  }
  for (const auto* what : {"200", "404", "429", "503", "504", "answers given twice",
                           "ended actors", "half-closed clients", "lost asks",
                           "requests of reset clients", "turns that were over"})
    CHECK_MESSAGE(counts[what] > 0, what);
}

TEST_CASE("simulation of HTTP journeys: a seed gives the same history again") {
  journey_system in;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    journey_history one{in.system, seed, true};
    journey_history other{in.system, seed, true};
    CHECK(one.run().told().lines() == other.run().told().lines());
  }
}

TEST_CASE("a client that asks and resets in a loop takes no more than its share of an "
          "actor, and gets that again when the actor answers") {
  journey_system in;
  journey_world world{in.system, true};
  const auto ask_and_reset = [&world] {
    const auto client = world.connect(0);
    world.send(client, "0");
    world.settle();
    world.reset(client);
    world.settle();
  };
  for (std::size_t i = 0; i < 2 * journey_model::max_each; ++i)
    ask_and_reset();
  CHECK(world.waiting() == 0);
  CHECK(world.open.size() == journey_model::max_of_address);
  while (!world.open.empty())
    world.reply(0);
  world.settle();
  ask_and_reset();
  CHECK(world.open.size() == 1);
  CHECK(world.violations.empty());
}

TEST_CASE("a deep pipeline of requests that are answered at once gives way to the other "
          "sockets after about 500 µs, and to other deep ones") {
  constexpr int depth = 200;
  journey_system in;
  journey_world world{in.system, true};
  const auto deep = world.connect(0);
  const auto other = world.connect(0);
  const auto single = world.connect(1);
  world.settle();
  for (int i = 0; i < depth; ++i) {
    world.send(deep, "x");
    world.send(other, "x");
  }
  world.send(single, "x");
  const auto left_of = [&world](std::size_t client) {
    return static_cast<int>(world.clients[client].unanswered.size());
  };
  while (left_of(deep) + left_of(other) > 0) {
    const auto began = world.now();
    world.turn();
    CHECK(world.now() - began <= 1500us);
    CHECK(left_of(single) == 0);
    CHECK(std::abs(left_of(deep) - left_of(other)) <= 10);
    REQUIRE(world.violations.empty());
  }
  world.settle();
  CHECK(world.violations.empty());
}

} // namespace tinybook::http
