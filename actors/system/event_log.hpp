#pragma once

#include "config/settings.hpp"

#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>

namespace tinybook {

/// One named text of a log line.
struct log_text {
  std::string_view name;
  std::string_view value;
  /// Else it comes from an operator or a provider and is written redacted.
  bool ours = true;
};

/// Receives the log lines of actors.
using log_target = std::function<void(config::log_level, std::string_view event,
                                      std::span<const log_text>)>;

/// Where `log_event` writes from now on, in the whole process; without a target lines are
/// dropped. Thread-safe.
void set_log_target(log_target target);

/// For events that an operator must see and that belong to no request: a back end is lost
/// or found again, a consumer fails. Errors of requests are logged by the HTTP layer
/// alone.
void log_event(config::log_level level, std::string_view event,
               std::initializer_list<log_text> texts);

} // namespace tinybook
