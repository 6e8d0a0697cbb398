#include "tests/ranking_simulation/database.hpp"

#include <algorithm>

namespace tinybook::ranking_sim {

std::int64_t article_state::shown_likes(board_window window, std::int32_t today) const {
  if (!published || likes == 0)
    return 0;
  if (window == board_window::all)
    return likes;
  const auto first = window == board_window::week ? today - 6 : today;
  std::int64_t sum = 0;
  for (const auto& [day, counted] : days)
    if (day >= first && day <= today)
      sum += counted.cnt;
  return sum;
}

database::database(std::int64_t articles) : past_(static_cast<std::size_t>(articles)) {
  for (auto& one : past_)
    one.push_back({wall_time{}, {}});
}

bool database::begin(std::int64_t id, int replica, wall_time now) {
  if (open_.contains(id))
    return false;
  open_[id] = {++last_event_, replica, now};
  return true;
}

void database::commit_like(std::int64_t id, std::int64_t user, wall_time now) {
  auto next = present(id);
  if (!next.published)
    return roll_back(id);
  auto day = day_of(now, utc_offset);
  const auto liked = liked_.find({id, user});
  const bool unlike = liked != liked_.end();
  if (unlike) {
    day = liked->second;
    liked_.erase(liked);
  } else {
    liked_[{id, user}] = day;
  }
  const std::int64_t step = unlike ? -1 : 1;
  ++next.ver;
  next.likes += step;
  auto& counted = next.days[day];
  counted = {counted.cnt + step, counted.ver + 1};
  commit_open(id, std::move(next), day, now);
}

void database::commit_publish(std::int64_t id, std::string title, wall_time now) {
  auto next = present(id);
  ++next.ver;
  next.published = true;
  next.title = std::move(title);
  commit_open(id, std::move(next), 0, now);
}

void database::commit_withdraw(std::int64_t id, wall_time now) {
  auto next = present(id);
  if (!next.published)
    return roll_back(id);
  ++next.ver;
  next.published = false;
  commit_open(id, std::move(next), 0, now);
}

void database::commit_open(std::int64_t id, article_state next, std::int32_t day,
                           wall_time now) {
  const auto open = open_.extract(id).mapped();
  past_[static_cast<std::size_t>(id - 1)].push_back({now, std::move(next)});
  events_[open.event_id] = {open.replica, open.stored_at, event_of(id, day)};
}

article_event database::event_of(std::int64_t id, std::int32_t day) const {
  const auto& state = present(id);
  article_event event;
  event.biz = "article";
  event.id = id;
  event.ver = state.ver;
  event.cnt = state.likes;
  event.published = state.published;
  event.title = state.title;
  event.author_id = 1;
  event.author_name = "a";
  event.day = day;
  if (const auto counted = state.days.find(day); counted != state.days.end()) {
    event.day_cnt = counted->second.cnt;
    event.day_ver = counted->second.ver;
  }
  return event;
}

storage::stored_events database::pending(int replica,
                                         const storage::pending_events& command,
                                         wall_time now) const {
  storage::stored_events out{{}, now};
  for (const auto& [id, row] : events_) {
    const bool mine =
        row.replica == replica || now - row.stored_at >= command.orphaned_after;
    if (mine && std::ssize(out.events) < command.limit)
      out.events.push_back({id, row.stored_at, row.event});
    else
      out.complete_until = std::min(out.complete_until, row.stored_at);
  }
  return out;
}

void database::remove(const storage::remove_events& command) {
  for (const auto id : command.ids)
    events_.erase(id);
}

storage::event_page database::rows(const storage::list_board_rows& command) const {
  storage::event_page page;
  for (auto id = command.after + 1;
       id <= articles() && std::ssize(page.events) < command.limit; ++id)
    if (present(id).ver > 0)
      page.events.push_back(event_of(id, 0));
  return page;
}

storage::event_page database::days(const storage::list_board_days& command) const {
  storage::event_page page;
  for (std::int64_t id = 1; id <= articles(); ++id)
    for (const auto& [day, counted] : present(id).days)
      if (day >= command.from_day
          && std::pair{id, day} > std::pair{command.after, command.after_day}
          && std::ssize(page.events) < command.limit)
        page.events.push_back(event_of(id, day));
  return page;
}

storage::event_page database::top(const storage::list_top_articles& command) const {
  storage::event_page page;
  for (std::int64_t id = 1; id <= articles(); ++id) {
    const auto window = command.from_day == 0               ? board_window::all
                        : command.from_day < command.to_day ? board_window::week
                                                            : board_window::day;
    auto event = event_of(id, 0);
    event.cnt = present(id).shown_likes(window, command.to_day);
    if (event.cnt > 0)
      page.events.push_back(std::move(event));
  }
  std::ranges::sort(page.events, [](const auto& a, const auto& b) {
    return std::pair{a.cnt, a.id} > std::pair{b.cnt, b.id};
  });
  if (std::ssize(page.events) > command.limit)
    page.events.resize(static_cast<std::size_t>(command.limit));
  return page;
}

} // namespace tinybook::ranking_sim
