#include "actors/system/presence.hpp"

#include "actors/system/event_log.hpp"

#include <string>
#include <utility>

namespace tinybook {

presence::presence(meter_ptr meter, const char* name)
    : meter_(std::move(meter)), name_(name) {
  meter_->missing = name_;
}

void presence::lost(std::string_view why) {
  there_ = false;
  meter_->missing = name_;
  if (std::exchange(told_, true))
    return;
  meter_->note_error(std::string{why});
  log_event(config::log_level::warn, "back_end_lost",
            {{"back_end", name_}, {"actor", meter_->name()}, {"why", why}});
}

void presence::found() {
  there_ = true;
  meter_->missing = nullptr;
  if (std::exchange(told_, false))
    log_event(config::log_level::info, "back_end_found",
              {{"back_end", name_}, {"actor", meter_->name()}});
}

} // namespace tinybook
