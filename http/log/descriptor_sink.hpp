#pragma once

#include "http/log/line_output.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Writes lines to a descriptor whose reader may be slow or stuck, such as a full pipe.
/// Blocks until there is space, so only the thread of the log may write to it. A line
/// that cannot be written is lost; one that broke off is ended before the next.
class descriptor_sink final
    : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// `dropped` returns how many lines never came here for want of space, `drop_line`
  /// makes the line that says how many were lost; it is written before the next line that
  /// gets through.
  descriptor_sink(std::shared_ptr<line_output> output,
                  std::function<std::uint64_t()> dropped,
                  std::function<std::string(std::uint64_t lines)> drop_line);

  /// Lines that were lost, for want of space or because they could not be written.
  [[nodiscard]] std::uint64_t lost() const { return dropped_() + failed_; }
  /// Returns once `lines` were written or dropped since the start, or after `bound`.
  void wait_for(std::uint64_t lines, std::chrono::milliseconds bound);
  /// From now on a line that finds no space is lost, and all after it.
  void give_up() { given_up_ = true; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  [[nodiscard]] bool put(std::string_view text);

  std::shared_ptr<line_output> output_;
  std::function<std::uint64_t()> dropped_;
  std::function<std::string(std::uint64_t)> drop_line_;
  std::atomic<std::uint64_t> failed_{0};
  std::uint64_t reported_ = 0;
  bool broken_off_ = false; ///< What was written last ends within a line.
  std::atomic<bool> given_up_{false};
  bool is_stuck_ = false; ///< It has given up and found no space.
  std::mutex mutex_;
  std::condition_variable progress_;
  std::uint64_t done_ = 0;
};

} // namespace tinybook::http
