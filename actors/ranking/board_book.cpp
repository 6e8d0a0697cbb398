#include "actors/ranking/board_book.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tinybook {

namespace {

constexpr std::int32_t days_before_today = 6; ///< Of the week's board.

enum place_of_board : std::size_t { all, day, week, next_day, next_week };

} // namespace

board_book::board_book(std::int32_t today) : today_(today) {
  boards_[all].window = board_window::all;
  for (auto [place, window, last] : {std::tuple{day, board_window::day, today},
                                     {week, board_window::week, today},
                                     {next_day, board_window::day, today + 1},
                                     {next_week, board_window::week, today + 1}}) {
    boards_[place].window = window;
    boards_[place].day = last;
  }
}

void board_book::roll(std::int32_t today) {
  if (today <= today_)
    return;
  const bool prepared = today == today_ + 1;
  today_ = today;
  forget_days_before(today - days_before_today);
  boards_[day] =
      prepared ? std::move(boards_[next_day]) : fresh(board_window::day, today);
  boards_[week] =
      prepared ? std::move(boards_[next_week]) : fresh(board_window::week, today);
  boards_[next_day] = fresh(board_window::day, today + 1);
  boards_[next_week] = fresh(board_window::week, today + 1);
}

board_book::board board_book::fresh(board_window window, std::int32_t last) {
  board out;
  out.window = window;
  out.day = last;
  out.version = ++versions_;
  const auto first = window == board_window::week ? last - days_before_today : last;
  for (auto it = ids_by_day_.lower_bound(first);
       it != ids_by_day_.end() && it->first <= last; ++it)
    for (const auto id : it->second)
      // Of several days the first one puts it in; the others find it there.
      if (const auto likes = likes_in(out, articles_.at(id)); likes > 0)
        out.order.move(id, 0, likes);
  return out;
}

void board_book::forget_days_before(std::int32_t first) {
  while (!ids_by_day_.empty() && ids_by_day_.begin()->first < first) {
    const auto old = ids_by_day_.begin()->first;
    for (const auto id : ids_by_day_.begin()->second)
      std::erase_if(articles_.at(id).days,
                    [old](const day_likes& d) { return d.day == old; });
    ids_by_day_.erase(ids_by_day_.begin());
  }
}

apply_outcome board_book::apply(const article_event& event, apply_source source) {
  auto [it, is_new] = articles_.try_emplace(event.id);
  auto& known = it->second;
  auto next = known;
  const bool newer = is_new || event.ver > known.ver;
  const bool mends = source == apply_source::database && event.ver == known.ver;
  bool differs = false;
  if (newer || mends) {
    const bool on_boards = event.published && event.cnt > 0;
    next.ver = event.ver;
    next.cnt = on_boards ? event.cnt : 0;
    next.author_id = on_boards ? event.author_id : 0;
    next.read_cnt = on_boards ? event.read_cnt : 0;
    if (!newer && on_boards)
      next.read_cnt = std::max(next.read_cnt, known.read_cnt);
    next.text.clear();
    if (on_boards)
      next.text.append(event.title).append(1, '\0').append(event.author_name);
    differs = next.cnt != known.cnt || next.author_id != known.author_id
              || next.text != known.text;
  }
  const bool newer_day = with_day(next, event, source, differs);
  replace(event.id, known, std::move(next));
  if (newer || newer_day)
    return apply_outcome::applied;
  if (!mends)
    return apply_outcome::stale;
  return differs ? apply_outcome::mended : apply_outcome::same;
}

/// Whether the event's day is newer than the known one; `differs` where it mends it.
bool board_book::with_day(article& next, const article_event& event, apply_source source,
                          bool& differs) const {
  if (event.day == 0 || event.day < today_ - days_before_today)
    return false;
  const day_likes told{event.day, event.day_cnt, event.day_ver};
  auto it = std::ranges::find(next.days, event.day, &day_likes::day);
  if (it == next.days.end()) {
    next.days.push_back(told);
    return true;
  }
  const bool newer = told.ver > it->ver;
  if (!newer && (source == apply_source::live || told.ver < it->ver))
    return false;
  differs = differs || (!newer && told.cnt != it->cnt);
  *it = told;
  return newer;
}

void board_book::replace(std::int64_t id, article& known, article next) {
  const bool text_differs = known.author_id != next.author_id
                            || known.read_cnt != next.read_cnt || known.text != next.text;
  const auto before = likes_of(known);
  const auto after = likes_of(next);
  for (const auto& d : next.days)
    ids_by_day_[d.day].insert(id);
  known = std::move(next);
  for (std::size_t i = 0; i < boards_kept; ++i) {
    auto& b = boards_[i];
    const bool moved = b.order.move(id, before[i], after[i]);
    if (moved || (text_differs && b.order.shows(id, after[i])))
      b.version = ++versions_;
  }
}

std::int64_t board_book::likes_in(const board& of, const article& a) {
  if (of.window == board_window::all || a.cnt == 0)
    return a.cnt;
  const auto first =
      of.window == board_window::week ? of.day - days_before_today : of.day;
  std::int64_t likes = 0;
  for (const auto& d : a.days)
    if (d.day >= first && d.day <= of.day)
      likes += d.cnt;
  return likes;
}

board_book::likes_on_boards board_book::likes_of(const article& a) const {
  likes_on_boards out{};
  for (std::size_t i = 0; i < boards_kept; ++i)
    out[i] = likes_in(boards_[i], a);
  return out;
}

const board_book::board& board_book::at(board_window window) const {
  switch (window) {
  case board_window::day:
    return boards_[day];
  case board_window::week:
    return boards_[week];
  case board_window::all:
    break;
  }
  return boards_[all];
}

std::vector<board_row> board_book::top(board_window window) const {
  return rows_from(at(window), 0, ranked_ids::shown);
}

std::vector<board_row> board_book::around(board_window window, std::int64_t id,
                                          std::size_t each_side) const {
  const auto& b = at(window);
  const auto it = articles_.find(id);
  const auto likes = it == articles_.end() ? 0 : likes_in(b, it->second);
  if (likes == 0)
    return {};
  const auto index = b.order.index_of(id, likes);
  const auto before = std::min(each_side, index);
  return rows_from(b, index - before, before + 1 + std::min(each_side, b.order.size()));
}

std::int64_t board_book::version(board_window window) const {
  return at(window).version;
}

std::size_t board_book::size(board_window window) const {
  return at(window).order.size();
}

std::vector<board_row> board_book::rows_from(const board& of, std::size_t index,
                                             std::size_t count) const {
  std::vector<board_row> rows;
  for (const auto& [likes, id] : of.order.places(index, count)) {
    const auto& known = articles_.at(id);
    const auto end_of_title = known.text.find('\0');
    rows.push_back({.rank = static_cast<std::int64_t>(index + rows.size()) + 1,
                    .id = id,
                    .title = known.text.substr(0, end_of_title),
                    .author_id = known.author_id,
                    .author_name = known.text.substr(end_of_title + 1),
                    .like_cnt = likes,
                    .read_cnt = known.read_cnt});
  }
  return rows;
}

} // namespace tinybook
