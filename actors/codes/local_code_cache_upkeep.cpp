#include "actors/codes/local_code_cache.hpp"
#include "actors/system/ask.hpp"
#include "storage/code_store.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook {

void local_code_cache_state::load() {
  ask(self_, store_, config_.request_timeout, storage::load_code_states{clock_()},
      [this](result<storage::code_states> stored) {
        if (!stored) {
          self_.meter->health.note_error("loading the codes: " + stored.error().detail,
                                         clock_());
          timer_.arm(config_.load_retry);
          return;
        }
        for (auto& s : stored->states)
          book_.put(s.key, std::move(s.state), clock_());
        loaded_ = true;
        self_.meter->health.error_ends(clock_());
        next_cleanup_ = self_->clock().now() + config_.cleanup_period;
        timer_.arm(config_.tick);
      });
}

void local_code_cache_state::tick() {
  if (!loaded_)
    return load();
  expire_reservations();
  // Operations sweep, too: this is for the time in which there are none.
  book_.sweep(clock_(), 4096);
  if (self_->clock().now() >= next_cleanup_)
    clean_up_rows();
  timer_.arm(config_.tick);
}

void local_code_cache_state::expire_reservations() {
  auto now = self_->clock().now();
  while (!reservation_ends_.empty() && reservation_ends_.begin()->first <= now) {
    auto end = std::move(reservation_ends_.extract(reservation_ends_.begin()).mapped());
    auto it = reserved_.find(end.key);
    if (it == reserved_.end() || it->second.number != end.number)
      continue;
    ++reservations_expired_;
    end_reservation(end.key);
  }
}

void local_code_cache_state::clean_up_rows() {
  next_cleanup_ = self_->clock().now() + config_.cleanup_period;
  storage::remove_code_states command;
  command.now = clock_();
  auto limit = command.limit;
  ask(self_, store_, config_.request_timeout, command,
      [this, limit](const result<storage::removed_states>& removed) {
        if (removed && removed->rows >= limit)
          next_cleanup_ = self_->clock().now(); // More of them wait.
      });
}

actor_status local_code_cache_state::status() const {
  return {
      {{"states", static_cast<double>(book_.size()),
        static_cast<double>(book_.capacity())},
       {"live", static_cast<double>(book_.live()), static_cast<double>(book_.capacity())},
       {"reserved", static_cast<double>(reserved_.size())},
       {"saving", static_cast<double>(saving_)},
       {"waiting", static_cast<double>(queue_.waiting()),
        static_cast<double>(queue_.capacity())},
       {"failed_saves", static_cast<double>(failed_saves_)},
       {"reservations_expired", static_cast<double>(reservations_expired_)}},
      {{"loaded", loaded_ ? "yes" : "no"}}};
}

} // namespace tinybook
