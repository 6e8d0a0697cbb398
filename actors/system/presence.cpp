#include "actors/system/presence.hpp"

#include "actors/system/event_log.hpp"

#include <string>
#include <utility>

namespace tinybook {

presence::presence(meter_ptr meter, const char* name)
    : meter_(std::move(meter)), name_(name) {
  meter_->health.begins(name_, health_level::failing,
                        std::string{name_} + " is not reached yet", system_now());
}

void presence::lost(std::string_view why) {
  there_ = false;
  meter_->health.begins(name_, health_level::failing, std::string{why}, system_now());
  if (std::exchange(told_, true))
    return;
  meter_->health.note_error(std::string{why}, system_now());
  log_event(config::log_level::warn, "back_end_lost",
            {{"back_end", name_}, {"actor", meter_->name()}, {"why", why}});
}

void presence::found() {
  there_ = true;
  meter_->health.ends(name_);
  if (!std::exchange(told_, false))
    return;
  meter_->health.error_ends(system_now());
  log_event(config::log_level::info, "back_end_found",
            {{"back_end", name_}, {"actor", meter_->name()}});
}

} // namespace tinybook
