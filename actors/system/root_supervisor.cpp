#include "actors/system/root_supervisor.hpp"

#include <exception>
#include <utility>

namespace tinybook {

root_supervisor_state::root_supervisor_state(self_pointer<actor_type> self,
                                             supervisor_config config,
                                             std::vector<child_spec> children,
                                             escalation escalate)
    : self_(std::move(self)), config_(config), escalate_(std::move(escalate)) {
  for (auto& spec : children)
    children_.push_back({std::move(spec), restart_policy{config_.limits}});
}

auto root_supervisor_state::make_behavior() -> actor_type::behavior_type {
  self_->set_down_handler([this](caf::down_msg& down) { went_down(down); });
  for (std::size_t i = 0; i < children_.size(); ++i)
    start(i);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        self_.meter->armed_timers.fetch_sub(1, std::memory_order_relaxed);
        if (stopping_)
          stop_timed_out(t.generation);
        else
          restart_due(t.generation);
      },
      [this](const stop_children&) { return stop(); },
  };
}

void root_supervisor_state::start(std::size_t index) {
  auto& c = children_[index];
  auto started = c.spec.start(self_->system());
  c.running = started;
  self_->monitor(started);
}

void root_supervisor_state::went_down(const caf::down_msg& down) {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    auto& c = children_[i];
    if (!c.running || c.running.address() != down.source)
      continue;
    c.running = nullptr;
    if (stopping_) {
      c.spec.meter->phase = actor_phase::stopped;
      if (i + 1 == left_to_stop_)
        stop_next();
      return;
    }
    auto& health = c.spec.meter->health;
    if (const auto last = health.last_error(); last.text.empty() || last.ended)
      health.note_error(describe(down.reason), system_now());
    c.spec.meter->phase = actor_phase::restarting;
    auto now = std::chrono::steady_clock::time_point{
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            self_->clock().now().time_since_epoch())};
    if (auto wait = c.policy.crashed(now)) {
      restart_timers_.emplace(arm(*wait), i);
    } else {
      c.spec.meter->phase = actor_phase::failed;
      escalate_("actor " + c.spec.meter->name()
                + " keeps crashing, last: " + health.last_error().text);
    }
    return;
  }
}

void root_supervisor_state::restart_due(std::uint64_t timer) {
  auto due = restart_timers_.extract(timer);
  if (due.empty())
    return;
  auto& c = children_[due.mapped()];
  c.spec.meter->restarts.fetch_add(1, std::memory_order_relaxed);
  start(due.mapped());
}

caf::result<stop_report> root_supervisor_state::stop() {
  if (!stopping_) {
    stopping_.emplace(self_);
    restart_timers_.clear();
    left_to_stop_ = children_.size() + 1;
    stop_next();
  }
  return stopping_->promise();
}

/// Stops the last child that still runs; answers when there is none.
void root_supervisor_state::stop_next() {
  while (--left_to_stop_ > 0) {
    auto& c = children_[left_to_stop_ - 1];
    c.spec.clear_address();
    if (!c.running) {
      c.spec.meter->phase = actor_phase::stopped;
      continue;
    }
    c.spec.meter->phase = actor_phase::stopping;
    caf::anon_send(c.running, shut_down{});
    stop_timer_ = arm(config_.stop_grace);
    return;
  }
  (*stopping_)(report_);
}

void root_supervisor_state::stop_timed_out(std::uint64_t timer) {
  if (timer != stop_timer_ || left_to_stop_ == 0)
    return;
  auto& c = children_[left_to_stop_ - 1];
  report_.killed.push_back(c.spec.meter->name());
  caf::anon_send_exit(c.running, caf::exit_reason::kill);
  c.running = nullptr;
  // A thread that hangs in a library cannot be killed: leave it to the watchdog.
  stop_next();
}

std::string root_supervisor_state::describe(const caf::error& reason) const {
  return reason ? self_->system().render(reason) : "ended without being asked to";
}

actor_status root_supervisor_state::status() const {
  std::size_t up = 0;
  for (const auto& c : children_)
    up += c.running ? 1U : 0U;
  return {{{"children", static_cast<double>(children_.size())},
           {"running", static_cast<double>(up), static_cast<double>(children_.size())}},
          {}};
}

std::uint64_t root_supervisor_state::arm(std::chrono::milliseconds after) {
  self_.meter->armed_timers.fetch_add(1, std::memory_order_relaxed);
  self_->delayed_send(self_.handle(), after, timer_fired{++timers_});
  return timers_;
}

} // namespace tinybook
