#include "actors/ranking/local_board_store.hpp"

#include "actors/system/reply.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

void count(boards_applied& totals, apply_outcome outcome) {
  switch (outcome) {
  case apply_outcome::applied:
    ++totals.applied;
    break;
  case apply_outcome::mended:
    ++totals.mended;
    break;
  case apply_outcome::stale:
  case apply_outcome::same:
    ++totals.ignored;
    break;
  }
}

constexpr board_window window_at(std::size_t i) {
  return static_cast<board_window>(i);
}

} // namespace

auto local_board_store_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const apply_to_boards& m) { return apply(m); },
      [this](const look_at_boards& m) { return look(m); },
      [this](const find_in_board& m) { return find(m); },
      [this](const begin_walk& m) { return begin(m); },
      [this](const finish_walk& m) { return finish(m); },
  };
}

caf::result<boards_applied> local_board_store_state::apply(const apply_to_boards& batch) {
  roll(batch.today);
  const bool live = batch.source == apply_source::live;
  // What is told is of the served epoch, where it was written.
  std::optional<boards_applied> totals;
  for (auto* boards : {&served_, &building_}) {
    if (!*boards || (!live && (*boards)->epoch != batch.epoch))
      continue;
    boards_applied here;
    for (const auto& event : batch.events)
      count(here, (*boards)->book.apply(event, batch.source));
    if (!totals)
      totals = here;
  }
  if (!totals && !live)
    return to_error(errc::wrong_state);
  for (const auto& mark : batch.marks) {
    partitions_ = mark.partitions;
    auto& known = marks_[mark.partition];
    known = std::max(known, mark.complete_until);
  }
  return totals.value_or(boards_applied{});
}

boards_seen local_board_store_state::look(const look_at_boards& m) {
  roll(m.today);
  boards_seen out;
  out.building = building_ ? building_->epoch : 0;
  if (!served_)
    return out;
  const auto& book = served_->book;
  out.epoch = served_->epoch;
  out.today = book.today();
  out.as_of = as_of();
  for (std::size_t i = 0; i < board_windows; ++i) {
    out.versions[i] = book.version(window_at(i));
    if (m.epoch != out.epoch || m.versions[i] != out.versions[i])
      out.rows[i] = book.top(window_at(i));
  }
  out.on_board = static_cast<std::int64_t>(book.size(board_window::all));
  out.known = static_cast<std::int64_t>(book.known());
  return out;
}

board_place local_board_store_state::find(const find_in_board& m) {
  roll(m.today);
  if (!served_)
    return {};
  return {served_->epoch, served_->book.today(), served_->book.version(m.window), as_of(),
          served_->book.around(m.window, m.id, m.each_side)};
}

walk_grant local_board_store_state::begin(const begin_walk& m) {
  roll(m.today);
  if (m.reason == walk_reason::audit) {
    if (!served_ || !take(auditing_, m))
      return {};
    return {served_->epoch};
  }
  const bool needed = !served_ || building_ || m.reason == walk_reason::rebuild;
  if (!needed || !take(filling_, m))
    return {};
  if (!building_) {
    last_epoch_ = std::max(last_epoch_ + 1, to_unix_ms(clock_()));
    building_.emplace(epoch_boards{last_epoch_, board_book{m.today}, {}});
  }
  return {building_->epoch};
}

caf::result<done> local_board_store_state::finish(const finish_walk& m) {
  if (building_ && m.epoch == building_->epoch && holds(filling_, m.replica)) {
    building_->complete_until = m.complete_until;
    served_ = std::exchange(building_, std::nullopt);
    filling_ = {};
    return done{};
  }
  if (served_ && m.epoch == served_->epoch && holds(auditing_, m.replica)) {
    served_->complete_until = std::max(served_->complete_until, m.complete_until);
    return done{};
  }
  return to_error(errc::wrong_state);
}

bool local_board_store_state::take(walk_right& right, const begin_walk& m) const {
  const auto now = clock_();
  if (right.replica != m.replica && right.until > now)
    return false;
  right = {m.replica, now + m.lease};
  return true;
}

bool local_board_store_state::holds(const walk_right& right,
                                    const std::string& replica) const {
  return right.replica == replica && right.until > clock_();
}

void local_board_store_state::roll(std::int32_t today) {
  if (served_)
    served_->book.roll(today);
  if (building_)
    building_->book.roll(today);
}

wall_time local_board_store_state::as_of() const {
  const auto base = served_->complete_until;
  auto least = wall_time::max();
  for (std::int32_t p = 0; p < partitions_; ++p) {
    const auto mark = marks_.find(p);
    least = std::min(least, mark == marks_.end() ? base : std::max(base, mark->second));
  }
  return least;
}

actor_status local_board_store_state::status() const {
  const auto size = [this](board_window w) {
    return served_ ? static_cast<double>(served_->book.size(w)) : 0.0;
  };
  return {{{"on_board_all", size(board_window::all)},
           {"on_board_day", size(board_window::day)},
           {"on_board_week", size(board_window::week)},
           {"known", served_ ? static_cast<double>(served_->book.known()) : 0.0},
           {"epoch", served_ ? static_cast<double>(served_->epoch) : 0.0},
           {"building", building_ ? static_cast<double>(building_->epoch) : 0.0}},
          {{"kept", "in memory"}}};
}

} // namespace tinybook
