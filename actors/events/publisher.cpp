#include "actors/events/publisher.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

auto publisher_state::make_behavior() -> actor_type::behavior_type {
  heartbeat_.arm(std::chrono::milliseconds{0});
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (heartbeat_.fired(t))
          start_journey(self_, "publish", wake());
      },
      [this](const events_committed&) { start_journey(self_, "publish", wake()); },
  };
}

/// One round; what is committed meanwhile is part of it.
task<result<done>> publisher_state::wake() {
  woken_again_ = true;
  if (busy_)
    co_return done{};
  busy_ = true;
  const auto emptied = co_await empty_outbox();
  busy_ = false;
  heartbeat_.arm(emptied ? config_.heartbeat : config_.retry);
  if (!emptied) {
    ++failures_;
    last_failure_ = emptied.error().detail;
  }
  co_return done{};
}

task<result<done>> publisher_state::empty_outbox() {
  for (bool drained = false; !drained || woken_again_;) {
    woken_again_ = false;
    // The time is taken before the read: what was committed earlier is in the answer.
    auto pending = co_await ask(
        store_, config_.request_timeout,
        storage::pending_events{static_cast<std::int64_t>(config_.batch), clock_()});
    if (!pending)
      co_return std::move(pending.error());
    drained = pending->events.size() < config_.batch;
    if (!pending->events.empty())
      if (auto safe = co_await publish(std::move(pending->events)); !safe)
        co_return safe;
    // Only once the events before it are safe on the bus: of one batch a later message
    // can arrive while an earlier one is lost.
    if (drained)
      if (auto sent = co_await send_heartbeat(pending->complete_until); !sent)
        co_return sent;
  }
  co_return done{};
}

task<result<done>> publisher_state::publish(std::vector<storage::stored_event> pending) {
  apply_events batch;
  storage::remove_events published;
  for (auto& e : pending) {
    batch.events.push_back(std::move(e.event));
    published.ids.push_back(e.id);
  }
  if (auto safe = co_await bus_->publish(std::move(batch)); !safe)
    co_return safe;
  published_ += published.ids.size();
  co_return co_await ask(store_, config_.request_timeout, std::move(published));
}

task<result<done>> publisher_state::send_heartbeat(wall_time complete_until) {
  // After every like would be more often than anybody needs to know how fresh boards are.
  if (complete_until - complete_until_ < config_.heartbeat * 3 / 4)
    co_return done{};
  auto sent = co_await bus_->publish({{}, {{.complete_until = complete_until}}});
  if (sent)
    complete_until_ = complete_until;
  co_return sent;
}

actor_status publisher_state::status() const {
  auto lag = std::chrono::duration<double>(clock_() - complete_until_).count();
  return {{{"published", static_cast<double>(published_)},
           {"failures", static_cast<double>(failures_)},
           {"lag_seconds", complete_until_ == wall_time{} ? -1.0 : lag}},
          {{"last_failure", last_failure_}}};
}

} // namespace tinybook
