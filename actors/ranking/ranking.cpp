#include "actors/ranking/ranking.hpp"

#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

ranking_state::ranking_state(self_pointer<actor_type> self, ranking_config config,
                             store_address<article_store_actor> store,
                             address<ingress_actor> ingress, wall_clock clock)
    : self_(self),
      config_(config),
      store_(std::move(store)),
      ingress_(std::move(ingress)),
      clock_(std::move(clock)),
      refresh_(self, 1),
      walk_timer_(self, 2),
      // Versions start anew with each incarnation: the epoch tells them apart.
      board_(to_unix_ms(clock_())) {}

auto ranking_state::make_behavior() -> actor_type::behavior_type {
  load_top();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (refresh_.fired(t))
          refresh();
        else if (walk_timer_.fired(t))
          std::exchange(next_walk_, nullptr)();
      },
      [this](const apply_events& batch) { return apply(batch); },
      [this](const get_board&) -> caf::result<served_board> {
        if (!has_top_)
          return to_error({errc::starting, "the ranking is being read"});
        return served();
      },
      [](const find_rank&) -> caf::result<served_board> {
        return to_error(errc::starting);
      },
      [](const rebuild_boards&) -> caf::result<done> { return to_error(errc::starting); },
  };
}

void ranking_state::load_top() {
  auto asked_at = clock_();
  ask(self_, store_, config_.request_timeout,
      storage::list_top_articles{static_cast<std::int64_t>(top_board::shown)},
      [this, asked_at](const result<storage::event_page>& page) {
        if (!page)
          return retry_later([this] { load_top(); });
        apply_rows(*page);
        complete_until_ = std::max(complete_until_, asked_at);
        has_top_ = true;
        refresh();
        walk(0);
      });
}

void ranking_state::walk(article_id after) {
  if (after == 0)
    walk_began_ = clock_();
  ask(self_, store_, config_.request_timeout,
      storage::list_board_rows{after, config_.page},
      [this, after](const result<storage::event_page>& page) {
        if (!page)
          return retry_later([this, after] { walk(after); });
        auto mended = apply_rows(*page);
        if (hydrated_)
          drift_ += mended;
        if (static_cast<std::int64_t>(page->events.size()) < config_.page)
          walk_finished();
        else
          walk(page->events.back().id);
      });
}

void ranking_state::walk_finished() {
  complete_until_ = std::max(complete_until_, walk_began_);
  if (std::exchange(hydrated_, true))
    ++audits_;
  else
    refresh(); // Readers need not wait to see that it is whole.
  next_walk_ = [this] {
    walk(0);
  };
  walk_timer_.arm(config_.audit_period);
}

void ranking_state::retry_later(std::function<void()> what) {
  next_walk_ = std::move(what);
  walk_timer_.arm(config_.retry);
}

std::size_t ranking_state::apply_rows(const storage::event_page& page) {
  std::size_t mended = 0;
  for (const auto& row : page.events)
    if (board_.apply(row, apply_source::database) == apply_outcome::mended)
      ++mended;
  return mended;
}

caf::result<done> ranking_state::apply(const apply_events& batch) {
  for (const auto& event : batch.events) {
    if (board_.apply(event) == apply_outcome::stale)
      ++ignored_;
    else
      ++applied_;
  }
  for (const auto& mark : batch.marks)
    complete_until_ = std::max(complete_until_, mark.complete_until);
  return done{};
}

void ranking_state::refresh() {
  tell(ingress_, board_updated{served()});
  refresh_.arm(config_.refresh_period);
}

served_board ranking_state::served() const {
  bool stale = !hydrated_ || clock_() - complete_until_ > config_.max_stale;
  return {board_.snapshot(complete_until_), stale};
}

actor_status ranking_state::status() const {
  auto age = std::chrono::duration<double>(clock_() - complete_until_).count();
  return {{{"articles_on_board", static_cast<double>(board_.size())},
           {"articles_known", static_cast<double>(board_.known())},
           {"epoch", static_cast<double>(board_.epoch())},
           {"version", static_cast<double>(board_.version())},
           {"age_seconds", age, std::chrono::duration<double>(config_.max_stale).count()},
           {"applied", static_cast<double>(applied_)},
           {"ignored_as_old", static_cast<double>(ignored_)},
           {"audits", static_cast<double>(audits_)},
           {"drift_mended", static_cast<double>(drift_)}},
          {{"loaded", has_top_ ? "yes" : "no"},
           {"hydrated", hydrated_ ? "yes" : "no"},
           {"as_of", format_rfc3339(complete_until_)}}};
}

} // namespace tinybook
