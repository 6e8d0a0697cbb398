#include "actors/sessions/sessions.hpp"

#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

sessions_state::sessions_state(self_pointer<actor_type> self, sessions_config config,
                               store_address<session_store_actor> store,
                               address<ingress_actor> ingress,
                               std::shared_ptr<const token_codec> codec, wall_clock clock,
                               std::shared_ptr<random_source> random,
                               std::optional<address<revocation_spreader_actor>> spreader)
    : self_(std::move(self)),
      config_(config),
      store_(std::move(store)),
      ingress_(std::move(ingress)),
      tokens_(std::move(codec), config),
      clock_(std::move(clock)),
      random_(std::move(random)),
      spreader_(std::move(spreader)),
      timer_(self_, 1) {}

auto sessions_state::make_behavior() -> actor_type::behavior_type {
  load();
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          tick();
      },
      [this](const open_session& m) { return open(m); },
      [this](const refresh_session& m) { return refresh(m); },
      [this](const token_shown& m) { note_shown(m); },
      [this](const close_session& m) { return close(m); },
      [this](const spread_revocations& m) { return spread(m); },
  };
}

caf::result<token_pair> sessions_state::open(const open_session& m) {
  auto now = clock_();
  storage::session_family family{
      random_id(*random_), m.user, 1, now, now + config_.refresh_lifetime, {}};
  pending_reply<token_pair> reply{self_};
  auto device = m.device.empty() ? random_id(*random_) : m.device;
  ask(self_, store_, reply.within(config_.request_timeout),
      storage::create_family{family, m.code},
      [this, family, device, reply](result<done> created) {
        if (!created)
          return reply(std::move(created.error()));
        ++opened_;
        reply(tokens_of_new(family, device));
      });
  return reply.promise();
}

result<token_pair> sessions_state::tokens_of_new(const storage::session_family& family,
                                                 const std::string& device) {
  auto now = clock_();
  auto pair = tokens_.of_family(family, random_id(*random_), now);
  auto cookie = tokens_.of_device(family, device, now);
  if (pair && !cookie)
    return std::move(cookie.error());
  if (pair)
    pair->device = std::move(*cookie);
  return pair;
}

caf::result<token_pair> sessions_state::refresh(const refresh_session& m) {
  auto now = clock_();
  auto shown = tokens_.read_refresh(m.refresh_token, now);
  if (!shown)
    return to_error(std::move(shown.error()));
  pending_reply<token_pair> reply{self_};
  storage::rotate_family rotation{shown->family, shown->generation, now,
                                  config_.refresh_grace, config_.refresh_lifetime};
  ask(self_, store_, reply.within(config_.request_timeout), std::move(rotation),
      [this, shown = std::move(*shown), reply](result<storage::rotation_outcome> r) {
        if (r)
          rotated(shown, std::move(*r), reply);
        else
          reply(std::move(r.error()));
      });
  return reply.promise();
}

void sessions_state::rotated(const shown_refresh_token& shown,
                             storage::rotation_outcome outcome,
                             const pending_reply<token_pair>& reply) {
  switch (outcome.what) {
  case storage::rotation::rotated:
  case storage::rotation::repeated:
    ++(outcome.what == storage::rotation::rotated ? rotated_ : repeated_);
    if (outcome.family.user != shown.user)
      return reply(failure{errc::token_invalid, "the family is of another user"});
    outcome.family.generation = shown.generation + 1;
    return reply(tokens_.of_family(outcome.family, random_id(*random_), clock_()));
  case storage::rotation::reused:
    ++reused_;
    return announce({{.id = shown.family, .revoked_at = clock_()}},
                    [reply] { reply(errc::token_reused); });
  case storage::rotation::revoked:
    return reply(errc::token_revoked);
  }
}

/// What is not noted makes the predecessor give the same successor for longer, no more.
void sessions_state::note_shown(const token_shown& m) {
  if (noting_ >= config_.max_noting) {
    ++not_noted_;
    return;
  }
  ++noting_;
  ask(self_, store_, config_.request_timeout,
      storage::note_family_shown{m.family, m.generation, clock_()},
      [this](const result<done>& noted) {
        --noting_;
        not_noted_ += noted ? 0U : 1U;
      });
}

caf::result<done> sessions_state::close(const close_session& m) {
  pending_reply<done> reply{self_};
  auto now = clock_();
  ask(self_, store_, reply.within(config_.request_timeout),
      storage::revoke_family{m.family, now},
      [this, family = m.family, now, reply](result<done> revoked) {
        if (!revoked)
          return reply(std::move(revoked.error()));
        ++closed_;
        // The row is written: that the ingress does not answer cannot undo the log-out.
        announce({{.id = family, .revoked_at = now}}, [reply] { reply(done{}); });
      });
  return reply.promise();
}

caf::result<done> sessions_state::spread(const spread_revocations& m) {
  pending_reply<done> reply{self_};
  closed_ += m.families.size();
  // As with a log-out: the rows are written.
  announce(m.families, [reply] { reply(done{}); });
  return reply.promise();
}

void sessions_state::announce(std::vector<storage::session_family> revoked,
                              std::function<void()> then) {
  auto left = std::make_shared<int>(spreader_ ? 2 : 1);
  auto one = [left, then = std::move(then)] {
    if (--*left == 0)
      then();
  };
  push_all(revoked, [one](bool) { one(); });
  if (spreader_)
    ask(self_, *spreader_, 2 * config_.push_timeout,
        spread_revocations{std::move(revoked)}, [one](const result<done>&) { one(); });
}

void sessions_state::push_revocation(const std::string& family, wall_time revoked_at,
                                     std::function<void(bool)> then) {
  auto until = revoked_at + config_.access_lifetime + config_.clock_leeway;
  ask(self_, ingress_, config_.push_timeout, session_revoked{family, until},
      [this, then = std::move(then)](const result<done>& known) {
        if (!known)
          ++failed_pushes_;
        then(known.ok());
      });
}

void sessions_state::tick() {
  if (loaded_)
    sweep();
  else
    load();
}

void sessions_state::load() {
  auto since = clock_() - config_.access_lifetime - config_.clock_leeway;
  ask(self_, store_, config_.request_timeout, storage::revoked_families{since},
      [this](result<storage::family_list> revoked) {
        if (revoked)
          push_all(revoked->families, [this](bool known) { loaded(known); });
        else
          timer_.arm(config_.load_retry);
      });
}

void sessions_state::push_all(const std::vector<storage::session_family>& revoked,
                              std::function<void(bool)> then) {
  struct progress {
    std::size_t left = 0;
    bool all_known = true;
  };
  if (revoked.empty())
    return then(true);
  auto all = std::make_shared<progress>(progress{revoked.size()});
  for (const auto& f : revoked)
    push_revocation(f.id, f.revoked_at, [all, then](bool known) {
      all->all_known = all->all_known && known;
      if (--all->left == 0)
        then(all->all_known);
    });
}

void sessions_state::loaded(bool all_known) {
  loaded_ = all_known;
  timer_.arm(all_known ? config_.sweep_period : config_.load_retry);
}

void sessions_state::sweep() {
  storage::remove_expired_families command;
  command.before = clock_() - config_.clock_leeway;
  auto limit = command.limit;
  ask(self_, store_, config_.request_timeout, command,
      [this, limit](const result<storage::removed_count>& removed) {
        auto rows = removed ? removed->rows : 0;
        swept_ += static_cast<std::uint64_t>(rows);
        timer_.arm(rows < limit ? config_.sweep_period : config_.load_retry);
      });
}

actor_status sessions_state::status() const {
  return {{{"opened", static_cast<double>(opened_)},
           {"rotated", static_cast<double>(rotated_)},
           {"repeated", static_cast<double>(repeated_)},
           {"showings_not_noted", static_cast<double>(not_noted_)},
           {"reused", static_cast<double>(reused_)},
           {"closed", static_cast<double>(closed_)},
           {"failed_pushes", static_cast<double>(failed_pushes_)},
           {"families_removed", static_cast<double>(swept_)}},
          {{"loaded", loaded_ ? "yes" : "no"}},
          loaded_};
}

} // namespace tinybook
