#include "actors/events/publisher.hpp"

#include "actors/events/heartbeat.hpp"
#include "actors/events/messages.hpp"
#include "actors/system/ask.hpp"
#include "storage/like_event_json.hpp"

#include <utility>

namespace tinybook {

auto publisher_state::make_behavior() -> actor_type::behavior_type {
  heartbeat_.arm(std::chrono::milliseconds{0});
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (heartbeat_.fired(t))
          wake();
      },
      [this](const events_committed&) { wake(); },
  };
}

void publisher_state::wake() {
  if (busy_) {
    woken_again_ = true;
    return;
  }
  busy_ = true;
  read_pending();
}

void publisher_state::read_pending() {
  woken_again_ = false;
  // Taken before the read: what was committed earlier is in the answer.
  auto asked_at = clock_();
  ask(self_, store_, config_.request_timeout,
      storage::pending_events{static_cast<std::int64_t>(config_.batch), asked_at},
      [this](const result<storage::stored_events>& pending) {
        if (pending)
          publish(*pending);
        else
          failed(pending.error());
      });
}

void publisher_state::publish(const storage::stored_events& pending) {
  const bool drained = pending.events.size() < config_.batch;
  if (pending.events.empty())
    return send_heartbeat(pending.complete_until);
  publish_messages batch;
  std::vector<std::int64_t> ids;
  for (const auto& e : pending.events) {
    batch.messages.push_back({key_of(e.event), encode_event(e.event)});
    ids.push_back(e.id);
  }
  ask(self_, bus_, config_.bus_timeout, std::move(batch),
      [this, ids = std::move(ids), drained,
       until = pending.complete_until](const result<done>& safe) mutable {
        if (!safe)
          return failed(safe.error());
        confirmed(std::move(ids), drained, until);
      });
}

void publisher_state::confirmed(std::vector<std::int64_t> ids, bool drained,
                                wall_time complete_until) {
  published_ += ids.size();
  ask(self_, store_, config_.request_timeout, storage::remove_events{std::move(ids)},
      [this, drained, complete_until](const result<done>& removed) {
        if (!removed)
          failed(removed.error());
        else if (drained)
          send_heartbeat(complete_until);
        else
          read_pending();
      });
}

/// Sent only once the events before it are safe on the bus: of one batch a later message
/// can arrive while an earlier one is lost.
void publisher_state::send_heartbeat(wall_time complete_until) {
  // After every like would be more often than anybody needs to know how fresh boards are.
  if (complete_until - complete_until_ < config_.heartbeat * 3 / 4)
    return finish_round();
  ask(self_, bus_, config_.bus_timeout,
      publish_messages{{{"", encode_heartbeat(complete_until)}}},
      [this, complete_until](const result<done>& safe) {
        if (!safe)
          return failed(safe.error());
        complete_until_ = complete_until;
        finish_round();
      });
}

void publisher_state::failed(const failure& why) {
  ++failures_;
  last_failure_ = why.detail;
  busy_ = false;
  heartbeat_.arm(config_.retry);
}

void publisher_state::finish_round() {
  if (woken_again_)
    return read_pending();
  busy_ = false;
  heartbeat_.arm(config_.heartbeat);
}

actor_status publisher_state::status() const {
  auto lag = std::chrono::duration<double>(clock_() - complete_until_).count();
  return {{{"published", static_cast<double>(published_)},
           {"failures", static_cast<double>(failures_)},
           {"lag_seconds", complete_until_ == wall_time{} ? -1.0 : lag}},
          {{"last_failure", last_failure_}}};
}

} // namespace tinybook
