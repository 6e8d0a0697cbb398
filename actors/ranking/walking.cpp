#include "actors/ranking/ranking.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

caf::result<done> ranking_state::rebuild() {
  if (fills())
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

void ranking_state::begin(walk_reason reason) {
  if (beginning_ || fills() || (walk_ && reason == walk_reason::audit))
    return;
  beginning_ = true;
  ask(self_, peers_.boards, config_.request_timeout, request_for(reason),
      [this, reason](const result<walk_grant>& granted) {
        beginning_ = false;
        if (granted)
          start_walk(reason, *granted);
      });
}

bool ranking_state::fills() const {
  return walk_ && walk_->reason != walk_reason::audit;
}

begin_walk ranking_state::request_for(walk_reason reason) const {
  // The auditor of a period is its auditor of the next one, so that no two audit in turn.
  const auto lease = reason == walk_reason::audit
                         ? config_.audit_period + config_.walk_lease
                         : config_.walk_lease;
  return {config_.replica, reason, lease, today()};
}

/// A fill takes the place of an audit, and nothing that of a fill.
void ranking_state::start_walk(walk_reason reason, walk_grant granted) {
  if (granted.epoch == 0 || fills())
    return;
  const auto now = clock_();
  walk_ = walk{++walks_, reason, granted.epoch, now, now};
  // An audit may have paused: its timer would walk this one a second time, and each of
  // the two take the other's last page of articles for the last of the days.
  walk_timer_.disarm();
  next_page();
}

/// Extends the right to walk where that is due, then reads on.
void ranking_state::next_page() {
  if (!walk_)
    return;
  const auto now = clock_();
  if (now - walk_->renewed < config_.walk_lease / 3)
    return read_page();
  ask(self_, peers_.boards, config_.request_timeout, request_for(walk_->reason),
      [this, now, number = walk_->number](const result<walk_grant>& granted) {
        if (!is_on(number))
          return;
        if (!granted)
          return pause(config_.retry);
        if (granted->epoch != walk_->epoch)
          return abandon();
        walk_->renewed = now;
        read_page();
      });
}

void ranking_state::read_page() {
  const auto take = [this,
                     number = walk_->number](const result<storage::event_page>& page) {
    if (!is_on(number))
      return;
    if (page)
      take_page(*page);
    else
      pause(config_.retry);
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

void ranking_state::take_page(const storage::event_page& page) {
  const bool last = std::ssize(page.events) < config_.page;
  const auto id = page.events.empty() ? walk_->after : page.events.back().id;
  const auto day = page.events.empty() ? walk_->after_day : page.events.back().day;
  ask(self_, peers_.boards, config_.request_timeout,
      apply_to_boards{page.events, {}, apply_source::database, walk_->epoch, today()},
      [this, last, number = walk_->number, id,
       day](const result<boards_applied>& written) {
        if (!is_on(number))
          return;
        if (!written) {
          if (written.error().code == errc::wrong_state)
            return abandon();
          return pause(config_.retry);
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
    return finish();
  if (last) {
    walk_->over_days = true;
    walk_->after = 0;
    walk_->after_day = 0;
  }
  if (walk_->reason == walk_reason::audit)
    pause(config_.audit_pause);
  else
    next_page();
}

void ranking_state::finish() {
  ask(self_, peers_.boards, config_.request_timeout,
      finish_walk{config_.replica, walk_->epoch, walk_->began - config_.clock_error},
      [this, number = walk_->number](const result<done>& finished) {
        if (!is_on(number))
          return;
        if (!finished && finished.error().code != errc::wrong_state)
          return pause(config_.retry); // Reads an empty page and finishes again.
        if (finished)
          ++(walk_->reason == walk_reason::audit ? audits_ : fills_);
        walk_.reset();
        // Readers need not wait to see that it is whole.
        if (!looking_)
          look();
      });
}

/// Whether what was asked for the walk `number` still matters.
bool ranking_state::is_on(std::uint64_t number) const {
  return walk_ && walk_->number == number;
}

void ranking_state::abandon() {
  walk_.reset();
  walk_timer_.disarm();
}

void ranking_state::pause(std::chrono::milliseconds d) {
  walk_timer_.arm(d);
}

} // namespace tinybook
