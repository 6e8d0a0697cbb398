#include "actors/store/database_session.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

using storage::postgres::place;

database_session_state::database_session_state(self_pointer<actor_type> self,
                                               database_session_config config,
                                               database_session_peers peers)
    : self_(self),
      config_(config),
      peers_(std::move(peers)),
      session_(peers_.database, peers_.local_parts),
      next_(self, 0),
      presence_(self.meter, "postgres") {}

database_session_state::~database_session_state() {
  leave_place();
}

auto database_session_state::make_behavior() -> actor_type::behavior_type {
  next_.arm(std::chrono::milliseconds{0});
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) {
        leave_place();
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [this](const timer_fired& fired) {
        if (next_.fired(fired))
          step();
      },
  };
}

void database_session_state::step() {
  if (session_.holds())
    hold_place();
  else
    seek_place();
}

void database_session_state::seek_place() {
  const auto taken = session_.take_place();
  switch (taken.what) {
  case place::held:
    return place_held();
  case place::taken:
    return place_taken(taken.why);
  case place::refused:
    return give_up(taken.why);
  case place::away:
    return connection_lost(taken.why);
  }
}

/// The clock first: no row may be written with the time of another clock.
void database_session_state::place_held() {
  if (auto synced = sync_clock(); !synced)
    return connection_lost(synced.error().detail);
  attempts_ = 0;
  blocked_since_.reset();
  trouble_.clear();
  peers_.database->admit(true);
  presence_.found();
  peers_.outbox_changed();
  next_.arm(std::chrono::milliseconds{0});
}

void database_session_state::hold_place() {
  auto changed = session_.wait_outbox_changed(config_.listen);
  if (!changed)
    return connection_lost(changed.error().detail);
  if (*changed)
    peers_.outbox_changed();
  if (steady::now() >= next_reading_)
    if (auto synced = sync_clock(); !synced)
      return connection_lost(synced.error().detail);
  next_.arm(std::chrono::milliseconds{0});
}

result<done> database_session_state::sync_clock() {
  auto reading = session_.read_clock();
  if (!reading)
    return reading.error();
  round_trip_ = reading->after - reading->before;
  peers_.clock->sync(reading->database_now, reading->before, reading->after);
  next_reading_ = reading->after + config_.clock_each;
  return done{};
}

void database_session_state::place_taken(const std::string& why) {
  trouble_ = why;
  const auto now = steady::now();
  if (!blocked_since_)
    blocked_since_ = now;
  if (now - *blocked_since_ >= config_.patience)
    return give_up(why);
  next_.arm(config_.retry);
}

/// The process is to end; until then commands are refused.
void database_session_state::give_up(const std::string& why) {
  trouble_ = why;
  self_.meter->health.note_error(why, system_now());
  leave_place();
  if (peers_.fatal && !gave_up_)
    peers_.fatal(why);
  gave_up_ = true;
}

void database_session_state::connection_lost(const std::string& why) {
  leave_place();
  blocked_since_.reset();
  trouble_ = why;
  presence_.lost(why);
  next_.arm(backoff_delay(config_.reconnect, attempts_++, random_));
}

void database_session_state::leave_place() {
  peers_.database->admit(false);
  session_.leave();
}

actor_status database_session_state::status() const {
  using real_ms = std::chrono::duration<double, std::milli>;
  const bool held = session_.holds();
  return {{{"clock_ahead_ms", real_ms(peers_.clock->ahead_of_system()).count()},
           {"clock_round_trip_ms", real_ms(round_trip_).count()},
           {"failed_attempts", static_cast<double>(attempts_)}},
          {{"connected", held || blocked_since_ ? "yes" : "no"},
           {"place", held ? "held" : (blocked_since_ ? "taken" : "none")},
           {"lock", peers_.local_parts.empty() ? "shared" : "alone"},
           {"trouble", trouble_}}};
}

} // namespace tinybook
