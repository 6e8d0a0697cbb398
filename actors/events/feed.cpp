#include "actors/events/feed.hpp"

#include "actors/events/heartbeat.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/event_log.hpp"
#include "storage/like_event_json.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace tinybook {

namespace {

constexpr std::string_view too_new = "events_too_new";

} // namespace

auto feed_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const deliver_messages& batch) {
        return begin_journey(
            self_, "deliver",
            ask_as_task(ranking_, config_.request_timeout, decode(batch)));
      },
  };
}

apply_events feed_state::decode(const deliver_messages& batch) {
  apply_events out;
  for (const auto& m : batch.messages) {
    if (auto taken = take(m, batch.partitions, out); !taken)
      note_poison(m.partition, taken.error());
  }
  events_ += out.events.size();
  return out;
}

result<done> feed_state::take(const bus_message& m, std::int32_t partitions,
                              apply_events& into) const {
  auto poison = [](const char* why) {
    return failure{errc::malformed_json, why};
  };
  if (m.payload.empty())
    return poison("a message without content");
  if (m.payload.size() > config_.max_message_bytes)
    return poison("a message that is too long");
  if (m.key.empty()) {
    auto until = decode_heartbeat(m.payload);
    if (!until)
      return poison("a message without a key that is no heartbeat");
    into.marks.push_back({m.partition, partitions, *until});
    return done{};
  }
  auto event = decode_event(m.payload);
  if (!event)
    return event.error();
  if (event->biz != "article")
    return poison("an event of a kind that is not ours");
  if (key_of(*event) != m.key)
    return poison("an event under the key of another article");
  into.events.push_back(std::move(*event));
  return done{};
}

void feed_state::note_poison(std::int32_t partition, const failure& why) {
  ++poison_;
  last_poison_ = why.detail + " (partition " + std::to_string(partition) + ')';
  auto& health = self_.meter->health;
  if (why.code != errc::wrong_state || health.has(too_new))
    return;
  health.begins(too_new, health_level::failing, why.detail, clock_());
  log_event(config::log_level::error, too_new, {{"why", why.detail}});
}

actor_status feed_state::status() const {
  return {{{"events", static_cast<double>(events_)},
           {"poison", static_cast<double>(poison_)}},
          {{"last_poison", last_poison_}}};
}

} // namespace tinybook
