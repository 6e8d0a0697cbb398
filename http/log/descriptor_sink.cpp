#include "http/log/descriptor_sink.hpp"

#include "storage/support/write_when_ready.hpp"

#include <cerrno>
#include <utility>

namespace tinybook::http {

namespace {

class one_descriptor final : public line_output {
 public:
  explicit one_descriptor(int descriptor) : descriptor_(descriptor) {}
  int descriptor() override { return descriptor_; }
  void fails(int /*error*/) override {}
  void works() override {}

 private:
  int descriptor_;
};

} // namespace

std::shared_ptr<line_output> output_to(int descriptor) {
  return std::make_shared<one_descriptor>(descriptor);
}

descriptor_sink::descriptor_sink(std::shared_ptr<line_output> output,
                                 std::function<std::uint64_t()> dropped,
                                 std::function<std::string(std::uint64_t)> drop_line)
    : output_(std::move(output)),
      dropped_(std::move(dropped)),
      drop_line_(std::move(drop_line)) {}

void descriptor_sink::wait_for(std::uint64_t lines, std::chrono::milliseconds bound) {
  std::unique_lock lock{mutex_};
  progress_.wait_for(lock, bound, [&] { return done_ + dropped_() >= lines; });
}

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message) {
  if (const auto all = lost(); all != reported_ && put(drop_line_(all - reported_)))
    reported_ = all;
  std::string line{message.payload.data(), message.payload.size()};
  line += '\n';
  failed_ += put(line) ? 0U : 1U;
  {
    const std::lock_guard guard{mutex_};
    ++done_;
  }
  progress_.notify_all();
}

bool descriptor_sink::put(std::string_view text) {
  if (is_stuck_)
    return false;
  const int to = output_->descriptor();
  if (to < 0) {
    output_->fails(errno);
    return false;
  }
  const auto whole = (broken_off_ ? "\n" : "") + std::string{text};
  const auto dropped = dropped_();
  std::string_view rest = whole;
  const auto end = write_when_ready(to, rest, [&] {
    if (dropped_() != dropped)
      output_->fails(ENOBUFS);
    return !given_up_.load();
  });
  const int why = end == write_end::closed ? errno : EAGAIN;
  if (rest.size() < whole.size())
    broken_off_ = !rest.empty();
  is_stuck_ = end == write_end::stalled;
  if (end == write_end::written)
    output_->works();
  else
    output_->fails(why);
  return end == write_end::written;
}

} // namespace tinybook::http
