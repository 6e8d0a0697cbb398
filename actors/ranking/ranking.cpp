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
      clock_(std::move(clock)),
      refresh_timer_(self, 1),
      walk_timer_(self, 2),
      audit_timer_(self, 3) {}

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
        } else if (walk_timer_.fired(t)) {
          next_page();
        } else if (audit_timer_.fired(t)) {
          ask_to_walk(walk_reason::audit);
          audit_timer_.arm(config_.audit_period);
        }
      },
      [this](const apply_events& batch) { return apply(batch); },
      [this](const get_board& m) { return get(m); },
      [this](const find_rank& m) { return find(m); },
      [this](const rebuild_boards&) { return rebuild(); },
  };
}

caf::result<done> ranking_state::apply(const apply_events& batch) {
  pending_reply<done> reply{self_};
  ask(self_, peers_.boards, config_.request_timeout,
      apply_to_boards{batch.events, batch.marks, apply_source::live, 0, today()},
      [this, reply](const result<boards_applied>& applied) {
        if (applied) {
          applied_ += applied->applied;
          ignored_ += applied->ignored;
        }
        reply(as_done(applied));
      });
  return reply.promise();
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
    poll_store();
  refresh_timer_.arm(config_.refresh_period);
}

void ranking_state::poll_store() {
  polling_ = true;
  ask(self_, peers_.boards, config_.request_timeout,
      look_at_boards{today(), last_look_.epoch, last_look_.versions},
      [this](result<boards_seen> now_there) {
        polling_ = false;
        if (now_there)
          store_polled(std::move(*now_there));
        else
          ++failed_looks_;
        const auto shown = served(board_window::all).board;
        if (!shown || clock_() - shown->as_of > config_.max_stale / 2)
          read_database();
        publish();
      });
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
    ask_to_walk(walk_reason::cold);
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
    read_window(window, now, today(), [this, window](result<board_snapshot> board) {
      --reading_;
      if (!board) {
        read_at_ = wall_time{}; // The next refresh may try again.
        return;
      }
      from_database_[index_of(window)] =
          std::make_shared<const board_snapshot>(std::move(*board));
      if (reading_ == 0)
        publish();
    });
}

void ranking_state::read_window(board_window window, wall_time asked_at,
                                std::int32_t today,
                                std::function<void(result<board_snapshot>)> then) {
  storage::list_top_articles command{.limit = 100};
  if (window != board_window::all) {
    command.to_day = today;
    command.from_day = window == board_window::week ? today - 6 : today;
  }
  ask(self_, peers_.articles, config_.request_timeout, command,
      [this, window, asked_at, today,
       then = std::move(then)](result<storage::event_page> page) {
        if (!page)
          return then(std::move(page.error()));
        auto board = empty_board(window, today);
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
        then(std::move(board));
      });
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

bool ranking_state::is_stale(wall_time as_of) const {
  return clock_() - as_of > config_.max_stale;
}

std::int32_t ranking_state::today() const {
  return day_of(clock_(), config_.utc_offset);
}

caf::result<served_board> ranking_state::get(const get_board& m) {
  if (m.source == board_source::copy) {
    auto board = served(m.window);
    if (!board.board)
      return to_error({errc::starting, "the ranking is being read"});
    return board;
  }
  pending_reply<served_board> reply{self_};
  const auto answer = [this, reply](board_snapshot board) {
    const bool stale = is_stale(board.as_of);
    reply(served_board{std::make_shared<const board_snapshot>(std::move(board)), stale});
  };
  if (m.source == board_source::database)
    read_window(m.window, clock_(), today(), [reply, answer](auto board) {
      board ? answer(std::move(*board)) : reply(std::move(board.error()));
    });
  else
    read_store(m.window, reply, answer);
  return reply.promise();
}

void ranking_state::read_store(board_window window,
                               const pending_reply<served_board>& reply,
                               std::function<void(board_snapshot)> answer) {
  ask(self_, peers_.boards, reply.within(config_.request_timeout),
      look_at_boards{today()},
      [this, window, reply, answer = std::move(answer)](result<boards_seen> found) {
        if (!found)
          return reply(std::move(found.error()));
        const auto i = index_of(window);
        if (found->epoch == 0 || !found->rows[i])
          return reply(failure{errc::starting, "the ranking is being built"});
        auto board = empty_board(window, found->today);
        board.epoch = found->epoch;
        board.version = found->versions[i];
        board.as_of = found->as_of;
        board.rows = std::move(*found->rows[i]);
        answer(std::move(board));
      });
}

caf::result<served_board> ranking_state::find(const find_rank& m) {
  pending_reply<served_board> reply{self_};
  ask(self_, peers_.boards, reply.within(config_.request_timeout),
      find_in_board{m.window, today(), m.id, m.each_side},
      [this, m, reply](result<board_place> found) {
        if (found && found->epoch != 0 && found->rows.empty())
          return reply(errc::article_not_found);
        auto near = empty_board(m.window, found ? found->today : 0);
        if (found && found->epoch != 0) {
          near.epoch = found->epoch;
          near.version = found->version;
          near.as_of = found->as_of;
          near.rows = std::move(found->rows);
        } else if (auto copied = near_in_copy(m)) {
          near = std::move(*copied);
        } else {
          return reply(found ? failure{errc::starting, "the ranking is being built"}
                             : std::move(found.error()));
        }
        const bool stale = is_stale(near.as_of);
        reply(
            served_board{std::make_shared<const board_snapshot>(std::move(near)), stale});
      });
  return reply.promise();
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

caf::result<done> ranking_state::rebuild() {
  if (is_filling())
    return done{};
  pending_reply<done> reply{self_};
  ask(self_, peers_.boards, config_.request_timeout, request_for(walk_reason::rebuild),
      [this, reply](const result<walk_grant>& granted) {
        reply(as_done(granted));
        // Without a grant another replica fills an epoch, which is as good.
        if (granted)
          start_walk(walk_reason::rebuild, *granted);
      });
  return reply.promise();
}

void ranking_state::ask_to_walk(walk_reason reason) {
  if (asking_to_walk_ || is_filling() || (walk_ && reason == walk_reason::audit))
    return;
  asking_to_walk_ = true;
  ask(self_, peers_.boards, config_.request_timeout, request_for(reason),
      [this, reason](const result<walk_grant>& granted) {
        asking_to_walk_ = false;
        if (granted)
          start_walk(reason, *granted);
      });
}

bool ranking_state::is_filling() const {
  return walk_ && walk_->reason != walk_reason::audit;
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
  const auto now = clock_();
  walk_ = walk{++walks_, reason, granted.epoch, now, now};
  // An audit may have paused: its timer would drive this walk a second time, and each of
  // the two would take the other's last page of articles for the last of the days.
  walk_timer_.disarm();
  next_page();
}

/// Extends the lease where that is due, then reads on.
void ranking_state::next_page() {
  if (!walk_)
    return;
  const auto now = clock_();
  if (now - walk_->renewed < config_.walk_lease / 3)
    return read_page();
  ask(self_, peers_.boards, config_.request_timeout, request_for(walk_->reason),
      [this, now, number = walk_->number](const result<walk_grant>& granted) {
        if (!is_current(number))
          return;
        if (!granted)
          return pause_walk(config_.retry);
        if (granted->epoch != walk_->epoch)
          return abandon_walk();
        walk_->renewed = now;
        read_page();
      });
}

void ranking_state::read_page() {
  const auto take = [this,
                     number = walk_->number](const result<storage::event_page>& page) {
    if (!is_current(number))
      return;
    if (page)
      apply_page(*page);
    else
      pause_walk(config_.retry);
  };
  if (walk_->over_days)
    ask(self_, peers_.articles, config_.request_timeout,
        storage::list_board_days{today() - 6, walk_->after, walk_->after_day,
                                 config_.page},
        take);
  else
    ask(self_, peers_.articles, config_.request_timeout,
        storage::list_board_rows{walk_->after, config_.page}, take);
}

void ranking_state::apply_page(const storage::event_page& page) {
  const bool last = std::ssize(page.events) < config_.page;
  const auto id = page.events.empty() ? walk_->after : page.events.back().id;
  const auto day = page.events.empty() ? walk_->after_day : page.events.back().day;
  ask(self_, peers_.boards, config_.request_timeout,
      apply_to_boards{page.events, {}, apply_source::database, walk_->epoch, today()},
      [this, last, number = walk_->number, id,
       day](const result<boards_applied>& written) {
        if (!is_current(number))
          return;
        if (!written) {
          if (written.error().code == errc::wrong_state)
            return abandon_walk();
          return pause_walk(config_.retry);
        }
        if (walk_->reason == walk_reason::audit) {
          drift_ += written->mended;
          caught_up_ += written->applied;
        }
        walk_->after = id;
        walk_->after_day = day;
        page_written(last);
      });
}

void ranking_state::page_written(bool last) {
  if (last && walk_->over_days)
    return finish_walking();
  if (last) {
    walk_->over_days = true;
    walk_->after = 0;
    walk_->after_day = 0;
  }
  if (walk_->reason == walk_reason::audit)
    pause_walk(config_.audit_pause);
  else
    next_page();
}

void ranking_state::finish_walking() {
  ask(self_, peers_.boards, config_.request_timeout,
      finish_walk{config_.replica, walk_->epoch, walk_->began - config_.clock_error},
      [this, number = walk_->number](const result<done>& finished) {
        if (!is_current(number))
          return;
        if (!finished && finished.error().code != errc::wrong_state)
          return pause_walk(config_.retry); // Reads an empty page and finishes again.
        if (finished)
          ++(walk_->reason == walk_reason::audit ? audits_ : fills_);
        walk_.reset();
        // Shows the complete epoch before the next refresh.
        if (!polling_)
          poll_store();
      });
}

/// Whether the walk that asked is still the one under way.
bool ranking_state::is_current(std::uint64_t walk_number) const {
  return walk_ && walk_->number == walk_number;
}

void ranking_state::abandon_walk() {
  walk_.reset();
  walk_timer_.disarm();
}

void ranking_state::pause_walk(std::chrono::milliseconds d) {
  walk_timer_.arm(d);
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
           {"walks", fact(walk_.has_value())},
           {"shown_from", shown && shown->epoch == 0 ? "database" : "board store"},
           {"as_of", format_rfc3339(as_of)}},
          shown != nullptr};
}

} // namespace tinybook
