#pragma once

#include "http/log/log.hpp"

namespace tinybook::http {

/// From now on `log_event` writes to `log`, until `set_log_target` says otherwise.
void write_events_of_actors(log_ptr log);

} // namespace tinybook::http
