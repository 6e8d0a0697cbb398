#include "actors/events/feed.hpp"

#include "actors/events/heartbeat.hpp"
#include "actors/system/ask.hpp"
#include "storage/like_event_json.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

auto feed_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const deliver_messages& batch) { return deliver(batch); },
  };
}

caf::result<done> feed_state::deliver(const deliver_messages& batch) {
  apply_events out;
  for (const auto& m : batch.messages) {
    if (m.key.empty()) {
      if (auto until = decode_heartbeat(m.payload))
        out.marks.push_back({m.partition, batch.partitions, *until});
      else
        ++poison_;
    } else if (auto event = decode_event(m.payload)) {
      out.events.push_back(std::move(*event));
    } else {
      ++poison_;
      last_poison_ = event.error().detail;
    }
  }
  events_ += out.events.size();
  pending_reply<done> reply{self_};
  ask_into(self_, ranking_, config_.request_timeout, std::move(out), reply);
  return reply.promise();
}

actor_status feed_state::status() const {
  return {{{"events", static_cast<double>(events_)},
           {"poison", static_cast<double>(poison_)}},
          {{"last_poison", last_poison_}}};
}

} // namespace tinybook
