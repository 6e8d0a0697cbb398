#include "actors/accounts/account_keeper.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

account_keeper_state::account_keeper_state(self_pointer<actor_type> self,
                                           account_keeper_config config,
                                           store_address<upkeep_store_actor> store,
                                           wall_clock clock)
    : self_(std::move(self)),
      config_(config),
      store_(std::move(store)),
      clock_(std::move(clock)),
      next_(self_, 1) {}

auto account_keeper_state::make_behavior() -> actor_type::behavior_type {
  start_journey(self_, "round", round());
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (next_.fired(t))
          start_journey(self_, "round", round());
      },
  };
}

task<result<done>> account_keeper_state::round() {
  const auto erased = co_await erase_due();
  const auto removed = co_await remove_old_entries();
  failed_ += (erased ? 0U : 1U) + (removed ? 0U : 1U);
  next_.arm(erased && removed ? config_.period : config_.retry);
  co_return done{};
}

task<result<done>> account_keeper_state::erase_due() {
  for (bool more = true; more;) {
    const storage::list_due_erasures command{clock_()};
    const auto due = co_await ask(store_, config_.request_timeout, command);
    if (!due)
      co_return due.error();
    more = std::ssize(due->users) == command.limit;
    for (const auto user : due->users)
      more = co_await erase(user) && more; // One that fails must not be tried for ever.
  }
  co_return done{};
}

task<bool> account_keeper_state::erase(user_id user) {
  while (true) {
    const auto step = co_await ask(store_, config_.request_timeout,
                                   storage::erase_account{user, clock_()});
    // Taken back in the last moment.
    if (code_of(step) == errc::wrong_state)
      co_return true;
    if (!step) {
      ++failed_;
      co_return false;
    }
    ++steps_;
    if (step->finished) {
      ++erased_;
      co_return true;
    }
  }
}

task<result<done>> account_keeper_state::remove_old_entries() {
  for (bool more = true; more;) {
    const storage::remove_old_audit command{clock_() - config_.audit_retention};
    const auto removed = co_await ask(store_, config_.request_timeout, command);
    if (!removed)
      co_return removed.error();
    entries_removed_ += static_cast<std::uint64_t>(removed->rows);
    more = removed->rows == command.limit;
  }
  co_return done{};
}

actor_status account_keeper_state::status() const {
  actor_status out{{{"accounts_erased", static_cast<double>(erased_)},
                    {"erasure_steps", static_cast<double>(steps_)},
                    {"audit_entries_removed", static_cast<double>(entries_removed_)},
                    {"failed", static_cast<double>(failed_)}},
                   {}};
  self_.running->add_gauges(out);
  return out;
}

} // namespace tinybook
