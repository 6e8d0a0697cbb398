#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace tinybook::http {

/// Writes lines to a descriptor whose reader may be slow or stuck, such as a full pipe:
/// it waits there for space, and only the thread of the log waits with it. For one
/// writing thread.
class descriptor_sink final
    : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// `dropped` tells how many lines were lost so far, `told` makes the line that says so;
  /// it is written before the next one that gets through.
  descriptor_sink(int descriptor, std::function<std::uint64_t()> dropped,
                  std::function<std::string(std::uint64_t lines)> told);

  /// Returns once `lines` were written or dropped since the start, or after `bound`.
  void wait_for(std::uint64_t lines, std::chrono::milliseconds bound);
  /// From now on a line that finds no space is lost, with all behind it.
  void give_up() { given_up_ = true; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  [[nodiscard]] bool put(std::string_view text);

  int descriptor_;
  std::function<std::uint64_t()> dropped_;
  std::function<std::string(std::uint64_t)> told_;
  std::uint64_t told_of_ = 0;
  std::atomic<bool> given_up_{false};
  bool is_stuck_ = false; ///< Given up, and there was no space.
  std::mutex mutex_;
  std::condition_variable progress_;
  std::uint64_t done_ = 0;
};

} // namespace tinybook::http
