#include "actors/events/event_bus.hpp"

#include "actors/events/heartbeat.hpp"
#include "actors/events/messages.hpp"
#include "actors/system/ask.hpp"
#include "storage/like_event_json.hpp"

#include <utility>

namespace tinybook {

task<result<done>> direct_event_bus::publish(apply_events batch) {
  return ask_as_task(ranking_, at_most_, std::move(batch));
}

task<result<done>> kafka_event_bus::publish(apply_events batch) {
  publish_messages out;
  for (const auto& event : batch.events)
    out.messages.push_back({key_of(event), encode_event(event)});
  for (const auto& mark : batch.marks)
    out.messages.push_back({"", encode_heartbeat(mark.complete_until)});
  return ask_as_task(producer_, at_most_, std::move(out));
}

} // namespace tinybook
