#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
} // namespace spdlog

namespace tinybook::http {

/// One named value of a log line. A text that we did not make ourselves goes in as
/// `untrusted` and is written redacted.
struct log_field {
  enum class trust : std::uint8_t { ours, untrusted };

  std::string_view name;
  std::variant<std::string_view, std::int64_t, double> value;
  trust text = trust::ours;
};

/// A text from outside or from deep inside: see `redact`.
[[nodiscard]] inline log_field untrusted(std::string_view name, std::string_view text) {
  return {name, text, log_field::trust::untrusted};
}

/// One event as one line, without line ends: `{"time":…,"level":…,"event":…,…}` or
/// `2024-02-29T12:00:00.000Z WARN event name=value …`. Fields with an empty text are left
/// out.
[[nodiscard]] std::string render_log_line(config::log_format format,
                                          std::string_view time, config::log_level level,
                                          std::string_view event,
                                          std::span<const log_field> fields);

/// The process's log. Thread-safe; a line is written whole.
class log_writer {
 public:
  log_writer(config::log_settings settings, std::shared_ptr<spdlog::sinks::sink> sink);

  /// To standard error.
  [[nodiscard]] static std::shared_ptr<log_writer> to_stderr(config::log_settings);

  [[nodiscard]] bool takes(config::log_level level) const;
  void set_level(config::log_level level);

  void write(config::log_level level, std::string_view event,
             std::span<const log_field> fields = {});
  void write(config::log_level level, std::string_view event,
             std::initializer_list<log_field> fields) {
    write(level, event, std::span{fields.begin(), fields.size()});
  }

  void flush();

 private:
  config::log_format format_;
  std::shared_ptr<spdlog::logger> lines_;
};

using log_ptr = std::shared_ptr<log_writer>;

} // namespace tinybook::http
