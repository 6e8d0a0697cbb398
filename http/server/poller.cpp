#include "http/server/poller.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tinybook::http {

namespace {

constexpr std::size_t read_bytes = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds drain_tick{10};

/// A reset is told whatever is asked for.
std::uint32_t wanted_events(const connection& with) {
  if (with.is_blocked())
    return EPOLLOUT;
  return with.has_next_input ? 0U : EPOLLIN;
}

failure no_epoll() {
  return {errc::unavailable, "cannot poll: " + std::system_category().message(errno)};
}

/// How often deadlines are looked at: fine enough for the shortest one.
std::chrono::milliseconds tick_of(const server_options& options) {
  auto shortest =
      std::min({options.idle_timeout, options.head_timeout, options.body_timeout,
                options.write_timeout, options.linger_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds{5},
                    std::chrono::milliseconds{1000});
}

} // namespace

poller::poller(server_core& core, caf::actor_system* system)
    : core_(core), system_(system), tick_(tick_of(core.options)) {}

result<done> poller::open() {
  epoll_ = unique_fd(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = unique_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_ || !wake_)
    return no_epoll();
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    return no_epoll();
  scratch_.resize(read_bytes);
  journeys_.emplace(system_, wake_.get(), core_.now);
  talk_.emplace(core_, *journeys_,
                [this](connection& with) { answered_.push_back(&with); });
  return done{};
}

result<done> poller::start() {
  auto opened = open();
  if (opened)
    thread_ = std::thread([this] {
      while (turn(wait_ms()))
        continue;
    });
  return opened;
}

bool poller::turn(int most_ms) {
  const int n = ::epoll_wait(epoll_.get(), events_.data(),
                             static_cast<int>(events_.size()), most_ms);
  journeys_->begin_turn();
  bool woken = false;
  for (int i = 0; i < n; ++i) {
    const auto& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr)
      woken = true; // Later: it may close connections that still have an event here.
    else
      handle(*static_cast<connection*>(event.data.ptr), event.events);
  }
  if (woken)
    take_mail();
  resume();
  if (const auto now = core_.now(); now >= next_sweep_)
    sweep(now);
  if (!connections_.empty() || !core_.closed.load())
    return true;
  std::lock_guard lock(mutex_);
  return !mail_.empty();
}

void poller::handle(connection& with, std::uint32_t events) {
  apply(with, react(with, events));
}

void poller::resume() {
  work_left_ = journeys_->go_on();
  for (auto* with : std::exchange(answered_, {}))
    apply(*with, talk_->go_on(*with, out_));
  // Who had a turn is behind the others; one goes on each time, whatever else there was.
  for (bool more = !yielding_.empty(); more;
       more = !yielding_.empty() && !journeys_->turn_is_over()) {
    auto& with = *yielding_.front();
    yielding_.pop_front();
    apply(with, talk_->advance(with, out_));
  }
}

next_step poller::react(connection& with, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    return next_step::close;
  if (with.waits_for == phase::lingering)
    return linger(with);
  if (with.waits_for == phase::serving) {
    with.has_next_input = true; // Left in the kernel: it holds up who sends too much.
    return next_step::wait;
  }
  if (with.is_blocked())
    return talk_->resume_sending(with, out_);
  return read_from(with);
}

next_step poller::read_from(connection& with) {
  std::size_t received = 0;
  switch (with.receive(scratch_, received)) {
  case connection::reception::data:
    count(core_.counts.received_bytes, received);
    if (with.waits_for == phase::body)
      with.note_progress(received, core_.now());
    with.account(core_.counts.buffered_bytes);
    if (holds_too_much(with)) {
      count(core_.counts.refused_buffers);
      return talk_->refuse(with, errc::overloaded, out_);
    }
    return talk_->advance(with, out_);
  case connection::reception::nothing:
    return next_step::wait;
  case connection::reception::end:
    return talk_->end_of_input(with, out_);
  case connection::reception::broken:
    break;
  }
  return next_step::close;
}

next_step poller::linger(connection& with) {
  auto reception = with.discard(scratch_);
  if (reception == connection::reception::data)
    with.last_active = core_.now();
  else if (reception != connection::reception::nothing)
    return next_step::close;
  return with.lingered_bytes > core_.options.linger_bytes ? next_step::close
                                                          : next_step::wait;
}

/// Small requests pass, so that whoever fills the memory does not silence the rest.
bool poller::holds_too_much(const connection& with) const {
  constexpr std::size_t always_allowed = std::size_t{4} * 1024;
  return with.held_bytes() > always_allowed
         && core_.counts.buffered_bytes.load(std::memory_order_relaxed)
                > core_.options.max_buffered_bytes;
}

void poller::apply(connection& with, next_step step) {
  if (step != next_step::close)
    with.account(core_.counts.buffered_bytes);
  switch (step) {
  case next_step::yield:
    yielding_.push_back(&with);
    [[fallthrough]];
  case next_step::wait:
    file_idle(with);
    return update_interest(with);
  case next_step::close:
    return close(with);
  }
}

void poller::update_interest(connection& with) const {
  auto wanted = wanted_events(with);
  if (with.interest == wanted)
    return;
  epoll_event event{};
  event.events = wanted;
  event.data.ptr = &with;
  auto operation = with.interest ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  with.interest = wanted;
  (void)::epoll_ctl(epoll_.get(), operation, with.socket(), &event);
}

void poller::take_from_idle(connection& with) {
  if (with.idle_place)
    idle_.erase(*std::exchange(with.idle_place, std::nullopt));
}

/// At the end of the list: it became idle last.
void poller::file_idle(connection& with) {
  if (with.waits_for != phase::idle)
    take_from_idle(with);
  else if (with.idle_place)
    idle_.splice(idle_.end(), idle_, *with.idle_place);
  else
    with.idle_place = idle_.insert(idle_.end(), &with);
}

/// Among the connections of this poller only.
bool poller::close_oldest_idle() {
  constexpr int tries = 16;
  auto at = idle_.begin();
  for (int i = 0; i < tries && at != idle_.end(); ++i) {
    auto* oldest = *at++;
    if (oldest->has_unread())
      continue; // Its next request has just come in.
    count(core_.counts.idle_closed_for_new);
    close(*oldest);
    return true;
  }
  return false;
}

void poller::close(connection& with) {
  take_from_idle(with);
  std::erase(yielding_, &with);
  with.unaccount(core_.counts.buffered_bytes);
  auto slot = with.slot;
  if (slot + 1 < connections_.size()) {
    std::swap(connections_[slot], connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back(); // Destroys `with`; its socket leaves the epoll by itself.
  core_.counts.open_connections.fetch_sub(1);
}

void poller::adopt(std::unique_ptr<connection> fresh) {
  {
    std::lock_guard lock(mutex_);
    mail_.push_back(std::move(fresh));
  }
  wake();
}

void poller::wake() const {
  (void)::eventfd_write(wake_.get(), 1);
}

void poller::take_mail() {
  eventfd_t ignored = 0;
  (void)::eventfd_read(wake_.get(), &ignored);
  std::vector<std::unique_ptr<connection>> mail;
  {
    std::lock_guard lock(mutex_);
    mail.swap(mail_);
  }
  for (auto& fresh : mail)
    admit(std::move(fresh));
  if (core_.draining.load())
    next_sweep_ = {};
}

void poller::admit(std::unique_ptr<connection> fresh) {
  auto& with = *fresh;
  with.slot = connections_.size();
  connections_.push_back(std::move(fresh));
  apply(with, greet(with));
}

next_step poller::greet(connection& fresh) {
  if (fresh.admitted.refused != errc::none)
    return talk_->refuse(fresh, fresh.admitted.refused, out_);
  if (fresh.admitted.replaces_idle && !close_oldest_idle()) {
    count(core_.counts.refused_connections);
    return talk_->refuse(fresh, errc::overloaded, out_);
  }
  return talk_->advance(fresh, out_);
}

int poller::wait_ms() {
  if (work_left_ || !yielding_.empty() || !journeys_->fall_asleep())
    return 0;
  if (connections_.empty())
    return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      std::min(next_sweep_, journeys_->next_deadline()) - core_.now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

void poller::sweep(steady_time now) {
  next_sweep_ = now + (core_.draining.load() ? std::min(tick_, drain_tick) : tick_);
  collect_due(now);
  for (auto* with : due_)
    apply(*with, expire(*with));
  due_.clear();
}

void poller::collect_due(steady_time now) {
  for (const auto& with : connections_)
    if (is_due(*with, now))
      due_.push_back(with.get());
}

bool poller::is_due(const connection& with, steady_time now) const {
  if (now >= with.deadline || core_.cutting.load())
    return true;
  bool done_or_idle = with.waits_for == phase::idle || with.waits_for == phase::lingering;
  return core_.draining.load() && done_or_idle
         && now - with.last_active >= core_.options.drain_quiet
         && (with.waits_for == phase::lingering || !with.has_unread());
}

next_step poller::expire(connection& with) {
  if (core_.cutting.load())
    return cut_off(with);
  if (core_.draining.load() && with.waits_for == phase::idle)
    return next_step::close;
  return talk_->time_out(with, out_);
}

next_step poller::cut_off(connection& with) {
  bool partial = with.waits_for == phase::head || with.waits_for == phase::body;
  if (partial || with.waits_for == phase::serving || with.waits_for == phase::writing)
    count(core_.counts.cut_off);
  if (partial && !with.ending)
    (void)talk_->refuse(with, errc::draining, out_);
  return next_step::close;
}

void poller::join() {
  if (thread_.joinable())
    thread_.join();
}

poller::~poller() {
  join();
}

} // namespace tinybook::http
