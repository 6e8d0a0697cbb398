#include "tests/soak/plan.hpp"

#include <algorithm>
#include <random>

namespace tinybook::soak {

namespace {

using std::chrono::milliseconds;

struct provider_trouble {
  const char* does;
  const char* word;
};
constexpr std::array<provider_trouble, 3> troubles{{
    {"fail status=500", "fails"},
    {"hang", "is silent"},
    {"throttle retry-after=2s", "throttles"},
}};
constexpr std::size_t fails = 0;
constexpr std::size_t silent = 1;

class planner {
 public:
  planner(std::size_t minutes, std::uint64_t seed) : minutes_(minutes), random_(seed) {}

  std::vector<planned_minute> plan() {
    place_ends_of_replicas();
    place_restarts();
    for (auto& minute : minutes_) {
      set_times(minute.deeds);
      for (auto& provider : minute.of_providers)
        provider = provider_minute_of(static_cast<std::size_t>(between(0, 5)));
    }
    auto& first = minutes_.front().of_providers;
    first[0] = provider_minute_of(fails);
    first[1] = provider_minute_of(silent);
    return std::move(minutes_);
  }

 private:
  /// Both ends may come.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }

  /// The `i`-th of `n` that are spread over the run.
  std::vector<planned_deed>& spread(std::size_t i, std::size_t n, double offset) {
    const auto at = (static_cast<double>(i) + offset) / static_cast<double>(n)
                    * static_cast<double>(minutes_.size());
    return minutes_[static_cast<std::size_t>(at)].deeds;
  }

  /// Both replicas in turn, killed twice for each stop in order. Early in its share of
  /// the run, so that in the shortest one the leases of a killed one run out within it.
  void place_ends_of_replicas() {
    const auto n = std::max<std::size_t>(2, minutes_.size() / 10);
    const auto first = static_cast<std::size_t>(between(0, replicas - 1));
    for (std::size_t i = 0; i < n; ++i)
      spread(i, n, 0.25)
          .push_back({i % 3 == 1 ? deed::stop_replica : deed::kill_replica,
                      (first + i) % replicas});
  }

  void place_restarts() {
    constexpr std::array back_ends{deed::restart_redis, deed::restart_kafka,
                                   deed::restart_postgres};
    const auto n = std::max(back_ends.size(), minutes_.size() / 2);
    const auto first = static_cast<std::size_t>(between(0, 2));
    for (std::size_t i = 0; i < n; ++i)
      spread(i, n, 0.5).push_back({back_ends.at((first + i) % back_ends.size())});
  }

  /// Each deed has a share of the minute, of which it takes at most half: the rest is for
  /// the way back.
  void set_times(std::vector<planned_deed>& deeds) {
    for (std::size_t i = 0; i < deeds.size(); ++i) {
      const milliseconds share =
          milliseconds{load_of_a_minute} / static_cast<std::int64_t>(deeds.size());
      auto& one = deeds[i];
      one.at = share * static_cast<std::int64_t>(i)
               + milliseconds{between(500, share.count() / 5)};
      const bool of_replica =
          one.what == deed::kill_replica || one.what == deed::stop_replica;
      // A dead replica's leases run out after twenty seconds. Back ends return before
      // leases of messages under way end.
      const milliseconds most{of_replica ? 25'000 : 4'000};
      one.lasts = std::min(milliseconds{between(1000, most.count())}, share * 3 / 10);
    }
  }

  /// Calm where `trouble` is none of the table.
  provider_minute provider_minute_of(std::size_t trouble) {
    if (trouble >= troubles.size())
      return {"0s ok", ""};
    const auto& [does, word] = troubles.at(trouble);
    const auto from = between(2, 20);
    const auto lasts = between(5, 25);
    return {"0s ok; " + std::to_string(from) + "s " + does + "; "
                + std::to_string(from + lasts) + "s ok",
            word + std::string{" for "} + std::to_string(lasts) + " s"};
  }

  std::vector<planned_minute> minutes_;
  std::mt19937_64 random_;
};

} // namespace

std::vector<planned_minute> plan_soak(std::chrono::minutes length, std::uint64_t seed) {
  return planner{static_cast<std::size_t>(length.count()), seed}.plan();
}

} // namespace tinybook::soak
