#include "http/log/descriptor_sink.hpp"

#include "storage/support/write_when_ready.hpp"

#include <utility>

namespace tinybook::http {

descriptor_sink::descriptor_sink(int descriptor, std::function<std::uint64_t()> dropped,
                                 std::function<std::string(std::uint64_t)> drop_line)
    : descriptor_(descriptor),
      dropped_(std::move(dropped)),
      drop_line_(std::move(drop_line)) {}

void descriptor_sink::wait_for(std::uint64_t lines, std::chrono::milliseconds bound) {
  std::unique_lock lock{mutex_};
  progress_.wait_for(lock, bound, [&] { return done_ + dropped_() >= lines; });
}

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message) {
  if (const auto dropped = dropped_();
      dropped != reported_drops_ && put(drop_line_(dropped - reported_drops_)))
    reported_drops_ = dropped;
  std::string line{message.payload.data(), message.payload.size()};
  line += '\n';
  (void)put(line);
  {
    const std::lock_guard guard{mutex_};
    ++done_;
  }
  progress_.notify_all();
}

bool descriptor_sink::put(std::string_view text) {
  if (is_stuck_)
    return false;
  const auto end =
      write_when_ready(descriptor_, text, [this] { return !given_up_.load(); });
  is_stuck_ = end == write_end::stalled;
  return end == write_end::written;
}

} // namespace tinybook::http
