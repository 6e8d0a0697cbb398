#pragma once

#include "actors/sms/delivery_plan.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// What a simulated provider does, call by call; the last entry repeats for ever.
struct scripted_provider {
  struct answer {
    outcome_class kind = outcome_class::provider_down;
    std::chrono::milliseconds took{0};
    std::chrono::milliseconds retry_after{0};
  };
  std::vector<answer> answers;
  std::chrono::milliseconds admits_after{0}; ///< From the start; negative = never known.
};

struct try_made {
  wall_time at{};
  std::size_t provider = 0;
  int round = 0;
};

/// One message from start to end, driven as by the supervisor, with every invariant of
/// the plan checked on the way.
class message_life {
 public:
  message_life(delivery_rules rules, std::vector<scripted_provider> providers,
               std::chrono::milliseconds lifetime, std::uint64_t seed)
      : rules_(rules),
        providers_(std::move(providers)),
        random_(seed),
        expires_at_(start() + lifetime) {}

  /// What the code cache says, by time since the start; wanted before the first entry.
  std::map<std::chrono::milliseconds, still_wanted> wanted;

  static wall_time start() { return wall_time{std::chrono::seconds{1'700'000'000}}; }

  finish run() {
    for (int steps = 0; steps < 2'000; ++steps) {
      auto decision = decide();
      if (const auto* end = std::get_if<finish>(&decision.action))
        return check_end(*end);
      if (const auto* send = std::get_if<send_now>(&decision.action))
        try_provider(*send);
      else
        wait(std::get<wait_until>(decision.action));
    }
    RC_FAIL("the message never ended");
    return {};
  }

  [[nodiscard]] const std::vector<try_made>& tries() const { return tries_; }
  [[nodiscard]] const delivery_progress& progress() const { return progress_; }
  [[nodiscard]] wall_time now() const { return now_; }

 private:
  delivery_rules rules_;
  std::vector<scripted_provider> providers_;
  seeded_random random_;
  wall_time expires_at_;
  wall_time now_ = start();
  wall_time run_at_ = start();
  delivery_progress progress_;
  std::optional<std::pair<std::string, scripted_provider::answer>> last_;
  std::vector<try_made> tries_;
  std::map<std::string, wall_time> asked_to_wait_;
  std::set<std::size_t> not_here_;

  [[nodiscard]] std::vector<provider_view> views() const {
    std::vector<provider_view> seen;
    for (std::size_t i = 0; i < providers_.size(); ++i) {
      provider_view view{std::to_string(i), start() + providers_[i].admits_after};
      if (providers_[i].admits_after < std::chrono::milliseconds{0})
        view.admits_from.reset();
      seen.push_back(view);
    }
    return seen;
  }

  [[nodiscard]] still_wanted asked_cache() const {
    auto it = wanted.upper_bound(
        std::chrono::duration_cast<std::chrono::milliseconds>(now_ - start()));
    return it == wanted.begin() ? still_wanted::wanted : std::prev(it)->second;
  }

  delivery_decision decide() {
    auto seen = views();
    delivery_input in{.now = now_,
                      .run_at = run_at_,
                      .expires_at = expires_at_,
                      .progress = progress_,
                      .providers = seen,
                      .wanted = asked_cache()};
    if (last_) {
      in.outcome = last_->second.kind;
      in.outcome_provider = last_->first;
      in.retry_after = last_->second.retry_after;
      in.outcome_at = now_;
    }
    auto decision = decide_delivery(in, rules_, random_);
    progress_ = decision.progress;
    return decision;
  }

  void try_provider(const send_now& send) {
    auto index = static_cast<std::size_t>(std::stoul(send.provider));
    const auto& provider = providers_.at(index);
    RC_ASSERT(now_ < expires_at_);
    RC_ASSERT(asked_cache() == still_wanted::wanted);
    RC_ASSERT(provider.admits_after >= std::chrono::milliseconds{0});
    RC_ASSERT(now_ >= start() + provider.admits_after);
    RC_ASSERT(now_ >= asked_to_wait_[send.provider]);
    RC_ASSERT(not_here_.count(index) == 0);
    std::size_t before = 0;
    for (const auto& made : tries_) {
      RC_ASSERT((made.provider != index || made.round != progress_.round));
      before += made.provider == index;
    }
    tries_.push_back({now_, index, progress_.round});
    auto answer = provider.answers.at(std::min(before, provider.answers.size() - 1));
    now_ += answer.took;
    if (answer.kind == outcome_class::throttled
        || answer.kind == outcome_class::number_limited)
      asked_to_wait_[send.provider] = now_ + answer.retry_after;
    if (answer.kind == outcome_class::not_here)
      not_here_.insert(index);
    last_.emplace(send.provider, answer);
  }

  void wait(const wait_until& pause) {
    RC_ASSERT(pause.time > now_);
    RC_ASSERT(pause.time <= expires_at_);
    now_ = run_at_ = pause.time;
    last_.reset();
  }

  [[nodiscard]] bool ended_by(outcome_class kind) const {
    return last_ && last_->second.kind == kind;
  }

  [[nodiscard]] finish check_end(const finish& end) const {
    RC_ASSERT((end.state == final_state::delivered)
              == ended_by(outcome_class::delivered));
    if (end.state == final_state::dead)
      RC_ASSERT((ended_by(outcome_class::rejected) || rules_.max_total_tries > 0
                 || not_here_.size() == providers_.size()));
    if (end.why == finish_reason::unreachable)
      RC_ASSERT(not_here_.size() == providers_.size());
    if (end.why == finish_reason::not_wanted)
      RC_ASSERT(asked_cache() == still_wanted::gone);
    if (end.why == finish_reason::code_expired)
      RC_ASSERT(now_ >= expires_at_);
    return end;
  }
};

} // namespace tinybook::test
