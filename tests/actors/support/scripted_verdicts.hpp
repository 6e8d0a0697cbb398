#pragma once

#include "actors/abuse/verdict_hook.hpp"
#include "tests/support/actor_fixture.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

/// The hook as in the product, but that its one connection has no thread and its endpoint
/// is a script.
class scripted_verdicts {
 public:
  /// `most`: of a call, beside the bound of the question; 0 = as that.
  explicit scripted_verdicts(actor_fixture& in,
                             verdict_hook_config config = {std::chrono::seconds{2},
                                                           config::hook_failure::open},
                             std::chrono::milliseconds most = {})
      : callers_{named<verdict_caller_actor>("verdict-callers")},
        at_{named<verdict_hook_actor>("verdict-hook")} {
    in.start<verdict_caller_actor, verdict_pool_state>(
        callers_, worker_pool_config{1, config.timeout + std::chrono::seconds{1}},
        std::vector{named<verdict_caller_actor>("verdict-caller-1")},
        pool_workers<verdict_caller_actor, verdict_caller_state, caf::no_spawn_options>(
            verdict_caller_config{
                [script = script_] { return std::make_unique<endpoint>(script); },
                most.count() > 0 ? most : config.timeout}));
    in.start<verdict_hook_actor, verdict_hook_state>(at_, config, callers_, in.clock());
  }
  ~scripted_verdicts() {
    at_.clear();
    callers_.clear();
  }
  scripted_verdicts(const scripted_verdicts&) = delete;
  scripted_verdicts& operator=(const scripted_verdicts&) = delete;

  /// What every further question is answered.
  void say(hook_verdict next) { script_->next = std::move(next); }

  [[nodiscard]] const address<verdict_hook_actor>& at() const { return at_; }
  [[nodiscard]] const address<verdict_caller_actor>& callers() const { return callers_; }
  [[nodiscard]] const std::vector<verdict_question>& asked() const {
    return script_->asked;
  }
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& timeouts() const {
    return script_->timeouts;
  }

 private:
  struct script {
    hook_verdict next{.kind = hook_verdict::outcome::allowed};
    std::vector<verdict_question> asked{};
    std::vector<std::chrono::milliseconds> timeouts{};
  };
  class endpoint final : public verdict_client {
   public:
    explicit endpoint(std::shared_ptr<script> by) : by_(std::move(by)) {}
    hook_verdict ask(const verdict_question& question,
                     std::chrono::milliseconds timeout) override {
      by_->asked.push_back(question);
      by_->timeouts.push_back(timeout);
      return by_->next;
    }

   private:
    std::shared_ptr<script> by_;
  };

  template <class Handle>
  static address<Handle> named(const char* name) {
    return address<Handle>{std::make_shared<actor_meter>(name, "test", "")};
  }

  std::shared_ptr<script> script_ = std::make_shared<script>();
  address<verdict_caller_actor> callers_;
  address<verdict_hook_actor> at_;
};

[[nodiscard]] inline hook_verdict denial(std::string text = {}) {
  return {.kind = hook_verdict::outcome::denied, .text = std::move(text)};
}

} // namespace tinybook::test
