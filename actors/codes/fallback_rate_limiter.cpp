#include "actors/codes/fallback_rate_limiter.hpp"

#include "actors/system/ask.hpp"
#include "actors/system/reply.hpp"

#include <utility>

namespace tinybook {

namespace {

/// Whether the shared limiter did not answer at all.
bool is_away(errc code) {
  return code == errc::unavailable || code == errc::deadline_exceeded
         || code == errc::overloaded;
}

} // namespace

fallback_rate_limiter_state::fallback_rate_limiter_state(
    self_pointer<actor_type> self, fallback_rate_limiter_config config,
    address<rate_limiter_actor> shared, address<rate_limiter_actor> local)
    : self_(std::move(self)),
      config_(config),
      shared_(std::move(shared)),
      local_(std::move(local)) {}

auto fallback_rate_limiter_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const take_permits& m) { return take(m); },
      [this](const return_permits& m) { give_back(m); },
  };
}

caf::result<permits> fallback_rate_limiter_state::take(const take_permits& m) {
  pending_reply<permits> reply{self_};
  ask(self_, shared_, reply.within(config_.patience), m,
      [this, m, reply](result<permits> taken) {
        if (taken || !is_away(taken.error().code)) {
          ++by_shared_;
          note_place(m, false);
          return reply(std::move(taken));
        }
        ++by_local_;
        note_place(m, true);
        ask_into(self_, local_, reply.within(config_.patience), m, reply);
      });
  return reply.promise();
}

void fallback_rate_limiter_state::note_place(const take_permits& m, bool local) {
  if (!local && counted_here_.empty())
    return;
  for (const auto& rule : m.rules)
    if (!local)
      counted_here_.erase(rule.key);
    else if (counted_here_.size() < config_.capacity)
      counted_here_.insert(rule.key);
}

void fallback_rate_limiter_state::give_back(const return_permits& m) {
  return_permits here;
  return_permits there;
  for (const auto& key : m.keys)
    (counted_here_.contains(key) ? here : there).keys.push_back(key);
  if (!here.keys.empty())
    tell(local_, std::move(here));
  if (!there.keys.empty())
    tell(shared_, std::move(there));
}

actor_status fallback_rate_limiter_state::status() const {
  return {{{"answered_by_shared", static_cast<double>(by_shared_)},
           {"answered_locally", static_cast<double>(by_local_)},
           {"counted_here", static_cast<double>(counted_here_.size()),
            static_cast<double>(config_.capacity)}},
          {}};
}

} // namespace tinybook
