#include "actors/ranking/ranking.hpp"

#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

ranking_state::ranking_state(self_pointer<actor_type> self, ranking_config config,
                             ranking_peers peers, wall_clock clock)
    : self_(self),
      config_(std::move(config)),
      peers_(std::move(peers)),
      boards_(peers_.make_boards()),
      clock_(std::move(clock)),
      refresh_timer_(self, 1),
      audit_timer_(self, 2) {}

auto ranking_state::make_behavior() -> actor_type::behavior_type {
  read_database();
  refresh();
  audit_timer_.arm(config_.audit_period);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (refresh_timer_.fired(t)) {
          refresh();
        } else if (audit_timer_.fired(t)) {
          start_journey(self_, "ask to walk", ask_to_walk(walk_reason::audit));
          audit_timer_.arm(config_.audit_period);
        }
      },
      [this](apply_events& batch) {
        return begin_journey(self_, "apply", apply(std::move(batch)));
      },
      [this](const get_board& m) { return begin_journey(self_, "get", get(m)); },
      [this](const find_rank& m) { return begin_journey(self_, "find", find(m)); },
      [this](const rebuild_boards&) {
        return begin_journey(self_, "rebuild", rebuild());
      },
  };
}

task<result<done>> ranking_state::apply(apply_events batch) {
  const auto applied = co_await boards_->apply(
      {std::move(batch.events), std::move(batch.marks), apply_source::live, 0, today()});
  if (applied) {
    applied_ += applied->applied;
    ignored_ += applied->ignored;
  }
  co_return as_done(applied);
}

board_snapshot ranking_state::empty_board(board_window window, std::int32_t today) const {
  board_snapshot out{.window = window};
  if (window != board_window::all) {
    out.day = today;
    out.utc_offset = config_.utc_offset;
  }
  return out;
}

void ranking_state::refresh() {
  if (!polling_)
    start_journey(self_, "look", poll_store());
  refresh_timer_.arm(config_.refresh_period);
}

task<result<done>> ranking_state::poll_store() {
  polling_ = true;
  auto now_there =
      co_await boards_->look({today(), last_look_.epoch, last_look_.versions});
  polling_ = false;
  if (now_there)
    store_polled(std::move(*now_there));
  else
    ++failed_looks_;
  const auto shown = served(board_window::all).board;
  if (!shown || clock_() - shown->as_of > config_.max_stale / 2)
    read_database();
  publish();
  co_return done{};
}

void ranking_state::store_polled(boards_seen now_there) {
  const bool other_epoch = now_there.epoch != last_look_.epoch;
  for (auto window : every_window) {
    const auto i = index_of(window);
    if (now_there.epoch == 0) {
      // The rows of the lost epoch were right at their time: they age and are replaced.
      continue;
    }
    auto next = empty_board(window, now_there.today);
    next.epoch = now_there.epoch;
    next.version = now_there.versions[i];
    next.as_of = now_there.as_of;
    if (now_there.rows[i])
      next.rows = std::move(*now_there.rows[i]);
    else if (from_store_[i] && !other_epoch)
      next.rows = from_store_[i]->rows;
    from_store_[i] = std::make_shared<const board_snapshot>(std::move(next));
  }
  now_there.rows = {};
  last_look_ = std::move(now_there);
  if (last_look_.epoch == 0 || last_look_.building != 0)
    start_journey(self_, "ask to walk", ask_to_walk(walk_reason::cold));
}

void ranking_state::read_database() {
  const auto now = clock_();
  const bool lately = read_at_ != wall_time{} && now - read_at_ < config_.max_stale / 2;
  if (reading_ > 0 || lately)
    return;
  read_at_ = now;
  reading_ = board_windows;
  ++database_reads_;
  for (auto window : every_window)
    start_journey(self_, "read database", renew_from_database(window, now));
}

task<result<done>> ranking_state::renew_from_database(board_window window,
                                                      wall_time asked_at) {
  auto board = co_await read_window(window, asked_at);
  --reading_;
  if (!board) {
    read_at_ = wall_time{}; // The next refresh may try again.
    co_return done{};
  }
  from_database_[index_of(window)] =
      std::make_shared<const board_snapshot>(std::move(*board));
  if (reading_ == 0)
    publish();
  co_return done{};
}

task<result<board_snapshot>> ranking_state::read_window(board_window window,
                                                        wall_time asked_at) {
  auto board = empty_board(window, today());
  storage::list_top_articles command{.limit = 100};
  if (window != board_window::all) {
    command.to_day = board.day;
    command.from_day = window == board_window::week ? board.day - 6 : board.day;
  }
  auto page = co_await ask(peers_.articles, config_.request_timeout, command);
  if (!page)
    co_return std::move(page.error());
  board.version = to_unix_ms(asked_at);
  board.as_of = asked_at - config_.clock_error;
  for (auto& event : page->events)
    board.rows.push_back({.rank = std::ssize(board.rows) + 1,
                          .id = event.id,
                          .title = std::move(event.title),
                          .author_id = event.author_id,
                          .author_name = std::move(event.author_name),
                          .like_cnt = event.cnt,
                          .read_cnt = event.read_cnt});
  co_return board;
}

void ranking_state::publish() {
  for (auto window : every_window)
    if (auto board = served(window); board.board)
      tell(peers_.ingress, board_updated{std::move(board)});
}

served_board ranking_state::served(board_window window) const {
  const auto& by_store = from_store_[index_of(window)];
  const auto& by_database = from_database_[index_of(window)];
  auto board = by_store;
  if (by_database && (!by_store || by_database->as_of > by_store->as_of))
    board = by_database;
  return {board, !board || is_stale(board->as_of)};
}

served_board ranking_state::as_served(board_snapshot board) const {
  const bool stale = is_stale(board.as_of);
  return {std::make_shared<const board_snapshot>(std::move(board)), stale};
}

bool ranking_state::is_stale(wall_time as_of) const {
  return clock_() - as_of > config_.max_stale;
}

std::int32_t ranking_state::today() const {
  return day_of(clock_(), config_.utc_offset);
}

task<result<served_board>> ranking_state::get(get_board asked) {
  if (asked.source == board_source::copy) {
    auto board = served(asked.window);
    if (!board.board)
      co_return failure{errc::starting, "the ranking is being read"};
    co_return board;
  }
  auto board = co_await (asked.source == board_source::store
                             ? read_store(asked.window)
                             : read_window(asked.window, clock_()));
  if (!board)
    co_return std::move(board.error());
  co_return as_served(std::move(*board));
}

task<result<board_snapshot>> ranking_state::read_store(board_window window) {
  auto found = co_await boards_->look({today()});
  if (!found)
    co_return std::move(found.error());
  const auto i = index_of(window);
  if (found->epoch == 0 || !found->rows[i])
    co_return failure{errc::starting, "the ranking is being built"};
  auto board = empty_board(window, found->today);
  board.epoch = found->epoch;
  board.version = found->versions[i];
  board.as_of = found->as_of;
  board.rows = std::move(*found->rows[i]);
  co_return board;
}

task<result<served_board>> ranking_state::find(find_rank asked) {
  auto found = co_await boards_->find({asked.window, today(), asked.id, asked.each_side});
  if (found && found->epoch != 0) {
    if (found->rows.empty())
      co_return errc::article_not_found;
    auto near = empty_board(asked.window, found->today);
    near.epoch = found->epoch;
    near.version = found->version;
    near.as_of = found->as_of;
    near.rows = std::move(found->rows);
    co_return as_served(std::move(near));
  }
  if (auto copied = near_in_copy(asked))
    co_return as_served(std::move(*copied));
  if (!found)
    co_return std::move(found.error());
  co_return failure{errc::starting, "the ranking is being built"};
}

std::optional<board_snapshot> ranking_state::near_in_copy(const find_rank& m) const {
  const auto copy = served(m.window).board;
  if (!copy)
    return std::nullopt;
  const auto& rows = copy->rows;
  const auto it = std::ranges::find(rows, m.id, &board_row::id);
  if (it == rows.end())
    return std::nullopt;
  const auto index = static_cast<std::size_t>(it - rows.begin());
  const auto first = index - std::min(m.each_side, index);
  const auto end = std::min(rows.size(), index + m.each_side + 1);
  auto out = *copy;
  out.rows = {rows.begin() + static_cast<std::ptrdiff_t>(first),
              rows.begin() + static_cast<std::ptrdiff_t>(end)};
  return out;
}

task<result<done>> ranking_state::rebuild() {
  if (is_filling())
    co_return done{};
  const auto granted = co_await boards_->begin(request_for(walk_reason::rebuild));
  // Without a grant another replica fills an epoch, which is as good.
  if (granted)
    start_walk(walk_reason::rebuild, *granted);
  co_return as_done(granted);
}

task<result<done>> ranking_state::ask_to_walk(walk_reason reason) {
  const bool audits = reason == walk_reason::audit;
  if (asking_to_walk_ || is_filling() || (audits && walking_ != nullptr))
    co_return done{};
  asking_to_walk_ = true;
  const auto granted = co_await boards_->begin(request_for(reason));
  asking_to_walk_ = false;
  if (granted)
    start_walk(reason, *granted);
  co_return done{};
}

bool ranking_state::is_filling() const {
  return walking_ != nullptr && walks_for_ != walk_reason::audit;
}

begin_walk ranking_state::request_for(walk_reason reason) const {
  // The lease outlasts the period, so that the auditor of one period is that of the next.
  const auto lease = reason == walk_reason::audit
                         ? config_.audit_period + config_.walk_lease
                         : config_.walk_lease;
  return {config_.replica, reason, lease, today()};
}

/// A fill replaces an audit; nothing replaces a fill.
void ranking_state::start_walk(walk_reason reason, walk_grant granted) {
  if (granted.epoch == 0 || is_filling())
    return;
  if (walking_ != nullptr)
    journeys::end(*walking_);
  const auto now = clock_();
  walks_for_ = reason;
  self_.running->start(
      "walk", no_deadline, walk_all({reason, granted.epoch, now, now}),
      [](const result<done>&) {}, &walking_);
}

/// Until all pages are written or another replica has the epoch.
task<result<done>> ranking_state::walk_all(walk w) {
  while (!w.at_end) {
    auto next = co_await walk_a_page(w);
    if (!next && next.error().code == errc::wrong_state)
      break;
    if (next)
      w = *next;
    if (!next)
      (void)co_await pause(config_.retry);
    else if (w.reason == walk_reason::audit)
      (void)co_await pause(config_.audit_pause);
  }
  if (w.at_end) // Shows the complete epoch before the next refresh.
    refresh_timer_.arm(std::chrono::milliseconds{0});
  co_return done{};
}

/// Extends the lease where that is due, and writes what lies behind `w`. Fails with
/// `wrong_state` where another replica has the epoch.
task<result<ranking_state::walk>> ranking_state::walk_a_page(walk w) {
  const auto now = clock_();
  if (now - w.renewed >= config_.walk_lease / 3) {
    const auto granted = co_await boards_->begin(request_for(w.reason));
    if (!granted)
      co_return granted.error();
    if (granted->epoch != w.epoch)
      co_return errc::wrong_state;
    w.renewed = now;
  }
  auto page = co_await read_page(w);
  if (!page)
    co_return std::move(page.error());
  const bool last = std::ssize(page->events) < config_.page;
  if (!page->events.empty()) {
    w.after = page->events.back().id;
    w.after_day = page->events.back().day;
  }
  const auto written = co_await boards_->apply(
      {std::move(page->events), {}, apply_source::database, w.epoch, today()});
  if (!written)
    co_return written.error();
  if (w.reason == walk_reason::audit) {
    drift_ += written->mended;
    caught_up_ += written->applied;
  }
  if (last && w.over_days) {
    if (auto finished = co_await finish_walking(w); !finished)
      co_return std::move(finished.error());
    w.at_end = true;
  } else if (last) {
    w.over_days = true;
    w.after = 0;
    w.after_day = 0;
  }
  co_return w;
}

task<result<storage::event_page>> ranking_state::read_page(walk w) {
  if (w.over_days)
    return ask_as_task(
        peers_.articles, config_.request_timeout,
        storage::list_board_days{today() - 6, w.after, w.after_day, config_.page});
  return ask_as_task(peers_.articles, config_.request_timeout,
                     storage::list_board_rows{w.after, config_.page});
}

task<result<done>> ranking_state::finish_walking(walk w) {
  const auto finished =
      co_await boards_->finish({config_.replica, w.epoch, w.began - config_.clock_error});
  if (finished)
    ++(w.reason == walk_reason::audit ? audits_ : fills_);
  co_return finished;
}

actor_status ranking_state::status() const {
  const auto shown = served(board_window::all).board;
  const auto as_of = shown ? shown->as_of : wall_time{};
  const auto age = std::chrono::duration<double>(clock_() - as_of).count();
  const auto fact = [](bool yes) {
    return std::string{yes ? "yes" : "no"};
  };
  return {{{"articles_on_board", static_cast<double>(last_look_.on_board)},
           {"articles_known", static_cast<double>(last_look_.known)},
           {"epoch", static_cast<double>(last_look_.epoch)},
           {"building", static_cast<double>(last_look_.building)},
           {"version", static_cast<double>(last_look_.versions[0])},
           {"age_seconds", age, std::chrono::duration<double>(config_.max_stale).count()},
           {"applied", static_cast<double>(applied_)},
           {"ignored_as_old", static_cast<double>(ignored_)},
           {"audits", static_cast<double>(audits_)},
           {"fills", static_cast<double>(fills_)},
           {"caught_up", static_cast<double>(caught_up_)},
           {"drift_mended", static_cast<double>(drift_)},
           {"database_reads", static_cast<double>(database_reads_)},
           {"failed_looks", static_cast<double>(failed_looks_)}},
          {{"loaded", fact(shown != nullptr)},
           {"hydrated", fact(last_look_.epoch != 0)},
           {"walks", fact(walking_ != nullptr)},
           {"kept_in", config_.board == config::backend_kind::redis ? "redis" : "memory"},
           {"shown_from", shown && shown->epoch == 0 ? "database" : "board store"},
           {"as_of", format_rfc3339(as_of)}},
          shown != nullptr};
}

} // namespace tinybook
