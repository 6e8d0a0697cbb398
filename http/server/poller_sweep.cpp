#include "http/server/poller.hpp"

#include <algorithm>
#include <utility>

/// The part of a poller that looks after time: deadlines, and the end of a drain.
namespace tinybook::http {

namespace {

constexpr std::chrono::milliseconds drain_tick{10};

/// How often deadlines are looked at: fine enough for the shortest one.
std::chrono::milliseconds tick_of(const server_options& options) {
  auto shortest =
      std::min({options.idle_timeout, options.head_timeout, options.body_timeout,
                options.write_timeout, options.linger_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds{5},
                    std::chrono::milliseconds{1000});
}

} // namespace

poller::poller(server_core& core, waiting_pool& waiting)
    : core_(core), waiting_(waiting), talk_(core), tick_(tick_of(core.options)) {}

int poller::wait_ms() const {
  if (connections_.empty())
    return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      next_sweep_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

void poller::sweep(steady_time now) {
  next_sweep_ = now + (core_.draining.load() ? std::min(tick_, drain_tick) : tick_);
  collect_due(now);
  for (auto* with : due_)
    apply(*with, end_of_patience(*with));
  due_.clear();
}

void poller::collect_due(steady_time now) {
  bool cut_away = core_.cutting.load() && !std::exchange(cut_away_, core_.cutting.load());
  std::lock_guard lock(mutex_);
  for (const auto& with : connections_) {
    if (!with->away.load(std::memory_order_acquire)) {
      // One that came back from a waiting thread was not filed there.
      if (!with->idle_place)
        file_idle(*with);
      if (is_due(*with, now))
        due_.push_back(with.get());
    } else if (cut_away) {
      with->cut(); // Its handler runs on, for nobody.
      count(core_.counts.cut_off);
    }
  }
}

bool poller::is_due(const connection& with, steady_time now) const {
  if (now >= with.deadline || core_.cutting.load())
    return true;
  bool done_or_idle = with.waits_for == phase::idle || with.waits_for == phase::lingering;
  return core_.draining.load() && done_or_idle
         && now - with.last_active >= core_.options.drain_quiet
         && (with.waits_for == phase::lingering || !with.has_unread());
}

next_step poller::end_of_patience(connection& with) {
  if (core_.cutting.load())
    return cut_off(with);
  if (core_.draining.load() && with.waits_for == phase::idle)
    return next_step::close;
  return talk_.time_out(with, out_);
}

next_step poller::cut_off(connection& with) {
  bool partial = with.waits_for == phase::head || with.waits_for == phase::body;
  if (partial || with.waits_for == phase::writing)
    count(core_.counts.cut_off);
  if (partial && !with.ending)
    (void)talk_.refuse(with, errc::draining, out_);
  return next_step::close;
}

} // namespace tinybook::http
