#pragma once

#include "config/settings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
class sink;
}
} // namespace spdlog

namespace tinybook::http {

class descriptor_sink;
class line_output;

/// One named value of a log line. A text that we did not make ourselves is `untrusted`:
/// it is written redacted.
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
  /// Writes each line to `sink` before `write` returns.
  log_writer(config::log_settings settings, std::shared_ptr<spdlog::sinks::sink> sink);
  /// Writes to a descriptor from a thread of its own, so that nobody waits for its
  /// reader: beyond some thousands of queued lines the oldest are dropped, and
  /// `log_lines_dropped` counts them, and those that could not be written, once a line
  /// gets through. A crash loses what is queued.
  log_writer(config::log_settings settings, int descriptor);
  log_writer(config::log_settings settings, std::shared_ptr<line_output> output);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;
  /// Waits up to a second for what was not written yet.
  ~log_writer();

  [[nodiscard]] bool takes(config::log_level level) const;
  void set_level(config::log_level level);

  void write(config::log_level level, std::string_view event,
             std::span<const log_field> fields = {});
  void write(config::log_level level, std::string_view event,
             std::initializer_list<log_field> fields) {
    write(level, event, std::span{fields.begin(), fields.size()});
  }

  /// Returns when all is written, after half a second at the latest.
  void flush();
  /// Lines that a descriptor never got.
  [[nodiscard]] std::uint64_t lost() const;

 private:
  config::log_format format_;
  std::shared_ptr<spdlog::details::thread_pool> thread_; ///< Null = no thread.
  std::shared_ptr<descriptor_sink> descriptor_;          ///< Where `thread_` writes.
  std::shared_ptr<spdlog::logger> lines_;
  std::atomic<std::uint64_t> written_{0};
};

using log_ptr = std::shared_ptr<log_writer>;

} // namespace tinybook::http
