#pragma once

#include "bench/delivery/scenario.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tinybook::bench {

/// The results of one or several runs.
struct score {
  double in_ten_seconds = 0; ///< Share of the messages of the troubled time.
  double in_two_seconds = 0;
  double before_expiry = 0;
  double extra_copies = 0; ///< Copies beyond the first, for each hundred messages.
  double wasted_calls = 0; ///< Failed calls at the first provider in its trouble, a run.
  std::optional<double>
      notice_s; ///< From the trouble's begin until others carry the load.
  std::optional<double> return_s; ///< From its end until the first carries it again.
};

/// The trace of one run, from which a score is taken: the same way for every policy.
class recorder {
 public:
  void asked(std::int64_t message, ms at) { asked_[message] = at; }
  void called(std::int64_t message, std::size_t provider, ms at, const answer& a);
  [[nodiscard]] score result() const;

 private:
  struct call {
    ms at;
    std::size_t provider;
  };
  [[nodiscard]] double first_share(ms from, ms to) const;

  std::map<std::int64_t, ms> asked_;
  std::map<std::int64_t, std::vector<ms>> copies_;
  std::vector<call> calls_;
  std::int64_t wasted_ = 0;
};

[[nodiscard]] score mean(const std::vector<score>& of);

} // namespace tinybook::bench
