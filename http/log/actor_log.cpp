#include "http/log/actor_log.hpp"

#include "actors/system/event_log.hpp"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook::http {

void write_events_of_actors(log_ptr log) {
  set_log_target([log = std::move(log)](config::log_level level, std::string_view event,
                                        std::span<const log_text> texts) {
    std::vector<log_field> fields;
    for (const auto& t : texts)
      fields.push_back(t.ours ? log_field{.name = t.name, .value = t.value}
                              : untrusted(t.name, t.value));
    log->write(level, event, fields);
  });
}

} // namespace tinybook::http
