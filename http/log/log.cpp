#include "http/log/log.hpp"

#include "http/api/json_writer.hpp"
#include "http/log/descriptor_sink.hpp"
#include "http/log/redact.hpp"
#include "storage/types.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace tinybook::http {

namespace {

using config::log_level;

constexpr std::size_t max_queued_lines = 4096;

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
  case log_level::trace:
    return spdlog::level::trace;
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warn:
    return spdlog::level::warn;
  case log_level::error:
    break;
  }
  return spdlog::level::err;
}

std::string_view word_of(log_level level, bool upper) {
  switch (level) {
  case log_level::trace:
    return upper ? "TRACE" : "trace";
  case log_level::debug:
    return upper ? "DEBUG" : "debug";
  case log_level::info:
    return upper ? "INFO" : "info";
  case log_level::warn:
    return upper ? "WARN" : "warn";
  case log_level::error:
    break;
  }
  return upper ? "ERROR" : "error";
}

bool is_empty(const log_field& field) {
  const auto* text = std::get_if<std::string_view>(&field.value);
  return text != nullptr && text->empty();
}

void append_value(std::string& out, const log_field& field) {
  json_writer w(out);
  // A writer of its own for each value, so that it writes no separator.
  if (const auto* text = std::get_if<std::string_view>(&field.value))
    append_json_string(out, field.text == log_field::trust::ours ? std::string{*text}
                                                                 : redact(*text));
  else if (const auto* number = std::get_if<std::int64_t>(&field.value))
    w.value(*number);
  else
    w.value(std::get<double>(field.value));
}

/// In the text format a plain word has no quotes.
void append_text_value(std::string& out, const log_field& field) {
  std::string value;
  append_value(value, field);
  auto inner = std::string_view{value}.substr(1, value.size() < 2 ? 0 : value.size() - 2);
  bool plain = value.front() == '"' && std::ranges::none_of(inner, [](char c) {
                 return c == ' ' || c == '"' || c == '\\' || c == '=';
               });
  out += plain ? inner : std::string_view{value};
}

std::string render_json(std::string_view time, log_level level, std::string_view event,
                        std::span<const log_field> fields) {
  std::string out;
  json_writer w(out);
  w.begin_object().member("time", time).member("level", word_of(level, false));
  w.member("event", event);
  for (const auto& field : fields)
    if (!is_empty(field)) {
      w.key(field.name);
      append_value(out, field);
    }
  w.end_object();
  return out;
}

} // namespace

std::string render_log_line(config::log_format format, std::string_view time,
                            log_level level, std::string_view event,
                            std::span<const log_field> fields) {
  if (format == config::log_format::json)
    return render_json(time, level, event, fields);
  std::string out{time};
  out.append(" ").append(word_of(level, true)).append(" ").append(event);
  for (const auto& field : fields)
    if (!is_empty(field)) {
      out.append(" ").append(field.name).append("=");
      append_text_value(out, field);
    }
  return out;
}

log_writer::log_writer(config::log_settings settings,
                       std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(settings.format),
      lines_(std::make_shared<spdlog::logger>("tinybook", std::move(sink))) {
  lines_->set_pattern("%v");
  lines_->flush_on(spdlog::level::warn);
  set_level(settings.level);
}

log_writer::log_writer(config::log_settings settings, int descriptor)
    : log_writer(settings, output_to(descriptor)) {}

log_writer::log_writer(config::log_settings settings, std::shared_ptr<line_output> output)
    : format_(settings.format),
      thread_(std::make_shared<spdlog::details::thread_pool>(max_queued_lines, 1)),
      descriptor_(std::make_shared<descriptor_sink>(
          std::move(output), [pool = thread_.get()] { return pool->overrun_counter(); },
          [format = settings.format](std::uint64_t lines) {
            return render_log_line(
                       format, format_rfc3339(system_now()), log_level::warn,
                       "log_lines_dropped",
                       std::array{log_field{"lines", static_cast<std::int64_t>(lines)}})
                   + '\n';
          })),
      lines_(std::make_shared<spdlog::async_logger>(
          "tinybook", descriptor_, thread_,
          spdlog::async_overflow_policy::overrun_oldest)) {
  lines_->set_pattern("%v");
  set_level(settings.level);
}

log_writer::~log_writer() {
  if (!thread_)
    return;
  descriptor_->wait_for(written_, std::chrono::seconds{1});
  descriptor_->give_up();
}

bool log_writer::takes(log_level level) const {
  return lines_->should_log(to_spdlog(level));
}

void log_writer::set_level(log_level level) {
  lines_->set_level(to_spdlog(level));
}

void log_writer::write(log_level level, std::string_view event,
                       std::span<const log_field> fields) {
  if (!takes(level))
    return;
  auto line =
      render_log_line(format_, format_rfc3339(system_now()), level, event, fields);
  ++written_;
  lines_->log(to_spdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

void log_writer::flush() {
  if (thread_)
    descriptor_->wait_for(written_, std::chrono::milliseconds{500});
  else
    lines_->flush();
}

std::uint64_t log_writer::lost() const {
  return descriptor_ ? descriptor_->lost() : 0;
}

} // namespace tinybook::http
