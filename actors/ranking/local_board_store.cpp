#include "actors/ranking/local_board_store.hpp"

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

task<result<boards_applied>> local_board_store::apply(apply_to_boards batch) {
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
    co_return errc::wrong_state;
  for (const auto& mark : batch.marks) {
    partitions_ = mark.partitions;
    auto& known = marks_[mark.partition];
    known = std::max(known, mark.complete_until);
  }
  co_return totals.value_or(boards_applied{});
}

task<result<boards_seen>> local_board_store::look(look_at_boards known) {
  roll(known.today);
  boards_seen out;
  out.building = building_ ? building_->epoch : 0;
  if (!served_)
    co_return out;
  const auto& book = served_->book;
  out.epoch = served_->epoch;
  out.today = book.today();
  out.as_of = as_of();
  for (std::size_t i = 0; i < board_windows; ++i) {
    out.versions[i] = book.version(window_at(i));
    if (known.epoch != out.epoch || known.versions[i] != out.versions[i])
      out.rows[i] = book.top(window_at(i));
  }
  out.on_board = static_cast<std::int64_t>(book.size(board_window::all));
  out.known = static_cast<std::int64_t>(book.known());
  co_return out;
}

task<result<board_place>> local_board_store::find(find_in_board wanted) {
  roll(wanted.today);
  if (!served_)
    co_return board_place{};
  co_return board_place{served_->epoch, served_->book.today(),
                        served_->book.version(wanted.window), as_of(),
                        served_->book.around(wanted.window, wanted.id, wanted.each_side)};
}

task<result<walk_grant>> local_board_store::begin(begin_walk wanted) {
  roll(wanted.today);
  if (wanted.reason == walk_reason::audit) {
    if (!served_ || !take(auditing_, wanted))
      co_return walk_grant{};
    co_return walk_grant{served_->epoch};
  }
  const bool needed = !served_ || building_ || wanted.reason == walk_reason::rebuild;
  if (!needed || !take(filling_, wanted))
    co_return walk_grant{};
  if (!building_) {
    last_epoch_ = std::max(last_epoch_ + 1, to_unix_ms(clock_()));
    building_.emplace(epoch_boards{last_epoch_, board_book{wanted.today}, {}});
  }
  co_return walk_grant{building_->epoch};
}

task<result<done>> local_board_store::finish(finish_walk walked) {
  if (building_ && walked.epoch == building_->epoch && holds(filling_, walked.replica)) {
    building_->complete_until = walked.complete_until;
    served_ = std::exchange(building_, std::nullopt);
    filling_ = {};
    co_return done{};
  }
  if (served_ && walked.epoch == served_->epoch && holds(auditing_, walked.replica)) {
    served_->complete_until = std::max(served_->complete_until, walked.complete_until);
    co_return done{};
  }
  co_return errc::wrong_state;
}

bool local_board_store::take(walk_right& right, const begin_walk& m) const {
  const auto now = clock_();
  if (right.replica != m.replica && right.until > now)
    return false;
  right = {m.replica, now + m.lease};
  return true;
}

bool local_board_store::holds(const walk_right& right, const std::string& replica) const {
  return right.replica == replica && right.until > clock_();
}

void local_board_store::roll(std::int32_t today) {
  if (served_)
    served_->book.roll(today);
  if (building_)
    building_->book.roll(today);
}

wall_time local_board_store::as_of() const {
  const auto base = served_->complete_until;
  auto least = wall_time::max();
  for (std::int32_t p = 0; p < partitions_; ++p) {
    const auto mark = marks_.find(p);
    least = std::min(least, mark == marks_.end() ? base : std::max(base, mark->second));
  }
  return least;
}

} // namespace tinybook
