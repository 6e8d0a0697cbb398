#include "actors/system/event_log.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace tinybook {

namespace {

using held_target = std::atomic<std::shared_ptr<const log_target>>;

held_target& present_target() {
  static held_target target;
  return target;
}

} // namespace

void set_log_target(log_target target) {
  present_target().store(target ? std::make_shared<const log_target>(std::move(target))
                                : nullptr);
}

void log_event(config::log_level level, std::string_view event,
               std::initializer_list<log_text> texts) {
  if (auto target = present_target().load())
    (*target)(level, event, {texts.begin(), texts.size()});
}

} // namespace tinybook
