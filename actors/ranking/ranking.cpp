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
          begin(walk_reason::audit);
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
  if (!looking_)
    look();
  refresh_timer_.arm(config_.refresh_period);
}

void ranking_state::look() {
  looking_ = true;
  ask(self_, peers_.boards, config_.request_timeout,
      look_at_boards{today(), last_look_.epoch, last_look_.versions},
      [this](result<boards_seen> now_there) {
        looking_ = false;
        if (now_there)
          seen(std::move(*now_there));
        else
          ++failed_looks_;
        const auto shown = served(board_window::all).board;
        if (!shown || clock_() - shown->as_of > config_.max_stale / 2)
          read_database();
        publish();
      });
}

void ranking_state::seen(boards_seen now_there) {
  const bool other_epoch = now_there.epoch != last_look_.epoch;
  for (auto window : every_window) {
    const auto i = index_of(window);
    if (now_there.epoch == 0) {
      // What was seen of the lost epoch was true at its time: it ages and is replaced.
      continue;
    }
    auto next = empty_board(window, now_there.today);
    next.epoch = now_there.epoch;
    next.version = now_there.versions[i];
    next.as_of = now_there.as_of;
    if (now_there.rows[i])
      next.rows = std::move(*now_there.rows[i]);
    else if (seen_[i] && !other_epoch)
      next.rows = seen_[i]->rows;
    seen_[i] = std::make_shared<const board_snapshot>(std::move(next));
  }
  now_there.rows = {};
  last_look_ = std::move(now_there);
  if (last_look_.epoch == 0 || last_look_.building != 0)
    begin(walk_reason::cold);
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
      read_[index_of(window)] = std::make_shared<const board_snapshot>(std::move(*board));
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
  const auto& by_store = seen_[index_of(window)];
  const auto& by_database = read_[index_of(window)];
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
