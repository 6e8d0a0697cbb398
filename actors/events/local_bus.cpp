#include "actors/events/local_bus.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

auto local_bus_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) {
        return actor_status{{{"messages", static_cast<double>(messages_)}}, {}};
      },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](publish_messages& batch) { return publish(batch); },
  };
}

caf::result<done> local_bus_state::publish(publish_messages& batch) {
  messages_ += batch.messages.size();
  pending_reply<done> reply{self_};
  ask_into(self_, feed_, config_.request_timeout,
           deliver_messages{std::move(batch.messages)}, reply);
  return reply.promise();
}

} // namespace tinybook
