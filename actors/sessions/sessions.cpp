#include "actors/sessions/sessions.hpp"

#include "actors/system/ask.hpp"
#include "actors/system/reply.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

/// The id of the family that the request `once` opens.
std::string family_of(const std::string& once) {
  constexpr std::size_t bytes = 16;
  return base64url_encode(sha256("session " + once).substr(0, bytes));
}

} // namespace

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
  start_journey(self_, "load", load());
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          start_journey(self_, loaded_ ? "sweep" : "load", loaded_ ? sweep() : load());
      },
      [this](const open_session& m) { return begin_journey(self_, "open", open(m)); },
      [this](const find_opened_session& m) {
        return begin_journey(self_, "find opened", find_opened(m));
      },
      [this](const know_browser& m) { return answer(know(m)); },
      [this](const refresh_session& m) {
        return begin_journey(self_, "refresh", refresh(m));
      },
      [this](const token_shown& m) { note_shown(m); },
      [this](const close_session& m) { return begin_journey(self_, "close", close(m)); },
      [this](const spread_revocations& m) {
        return begin_journey(self_, "spread", spread(m));
      },
      [this](const list_sessions& m) { return begin_journey(self_, "list", list(m)); },
      [this](const end_own_session& m) {
        return begin_journey(self_, "end own", end_own(m));
      },
      [this](const end_other_sessions& m) {
        return begin_journey(self_, "end others", end_others(m));
      },
  };
}

task<result<token_pair>> sessions_state::open(open_session m) {
  const auto now = clock_();
  const auto& once = m.client.once;
  storage::session_family family{
      .id = once.empty() ? random_id(*random_) : family_of(once),
      .user = m.user,
      .generation = 1,
      .rotated_at = now,
      .expires_at = storage::end_of_token(now, now, config_.refresh_lifetime,
                                          config_.absolute_lifetime),
      .created_at = now,
      .device = m.client.agent,
      .network = m.client.network,
      .proved_at = now};
  const storage::create_family command{
      family, m.code, static_cast<std::int64_t>(config_.max_per_person), m.seen,
      now + std::min(config_.access_lifetime, config_.step_up)};
  auto created = co_await ask(store_, config_.request_timeout, command);
  const bool restores = created && created->leaving;
  if (restores)
    created =
        co_await ask(store_, config_.request_timeout, storage::restore_account{command});
  if (code_of(created) == errc::wrong_state && !once.empty())
    co_return co_await find_opened({m.user, m.client.device, once});
  if (!created)
    co_return std::move(created.error());
  if (created->banned)
    family.expires_at = *command.until_if_banned;
  ++opened_;
  surplus_ += created->ended.size();
  if (!created->ended.empty())
    (void)co_await regardless_of_deadline(announce(std::move(created->ended)));
  co_return tokens_of_new({family, created->epoch, created->banned, restores},
                          m.client.device);
}

task<result<token_pair>> sessions_state::find_opened(find_opened_session m) {
  const auto found = co_await ask(store_, config_.request_timeout,
                                  storage::find_family{family_of(m.once)});
  if (!found)
    co_return found.error();
  const bool as_opened = found->user == m.user && found->generation == 1
                         && found->revoked_at == wall_time{}
                         && clock_() - found->rotated_at < sent_again_within;
  if (!as_opened)
    co_return errc::token_revoked;
  ++repeated_;
  co_return tokens_of_new(*found, m.device);
}

task<result<session_list>> sessions_state::list(list_sessions m) {
  auto found = co_await ask(store_, config_.request_timeout,
                            storage::list_user_families{m.user, clock_()});
  if (!found)
    co_return std::move(found.error());
  session_list out;
  for (auto& family : found->families)
    out.sessions.push_back({std::move(family.id), std::move(family.device),
                            std::move(family.network), family.created_at,
                            family.rotated_at});
  co_return out;
}

task<result<done>> sessions_state::end_own(end_own_session m) {
  const auto now = clock_();
  auto revoked =
      co_await ask(store_, config_.request_timeout,
                   storage::revoke_own_family{
                       m.user, m.id, {m.family, now - config_.step_up}, now, m.from});
  if (!revoked)
    co_return std::move(revoked.error());
  ++closed_;
  (void)co_await regardless_of_deadline(announce({{.id = m.id, .revoked_at = now}}));
  co_return done{};
}

task<result<done>> sessions_state::end_others(end_other_sessions m) {
  const auto now = clock_();
  auto revoked = co_await ask(
      store_, config_.request_timeout,
      storage::revoke_other_families{
          m.user, {m.family, now - config_.step_up}, now, std::move(m.from)});
  if (!revoked)
    co_return std::move(revoked.error());
  closed_ += revoked->families.size();
  (void)co_await regardless_of_deadline(announce(std::move(revoked->families)));
  co_return done{};
}

result<token_pair> sessions_state::tokens_of_new(const storage::known_family& family,
                                                 const std::string& device) {
  auto now = clock_();
  auto pair = family.banned ? tokens_.of_banned(family, random_id(*random_), now)
                            : tokens_.of_family(family, random_id(*random_), now);
  if (!pair)
    return pair;
  pair->restored = family.restored;
  if (family.banned)
    return pair;
  auto known = know({family.user, device, family.epoch});
  if (!known)
    return std::move(known.error());
  pair->device = std::move(known->device);
  return pair;
}

result<browser_known> sessions_state::know(const know_browser& m) {
  auto cookie = tokens_.of_device(
      m.user, m.device.empty() ? random_id(*random_) : m.device, m.epoch, clock_());
  if (!cookie)
    return std::move(cookie.error());
  return browser_known{std::move(*cookie)};
}

task<result<token_pair>> sessions_state::refresh(refresh_session m) {
  const auto now = clock_();
  const auto shown = tokens_.read_refresh(m.refresh_token, now);
  if (!shown)
    co_return shown.error();
  auto outcome = co_await ask(
      store_, config_.request_timeout,
      storage::rotate_family{shown->family, shown->generation, now, config_.refresh_grace,
                             config_.refresh_lifetime, config_.absolute_lifetime,
                             m.from.network, m.from.device});
  if (!outcome)
    co_return std::move(outcome.error());
  switch (outcome->what) {
  case storage::rotation::rotated:
  case storage::rotation::repeated:
    break;
  case storage::rotation::reused:
    ++reused_;
    (void)co_await regardless_of_deadline(
        announce({{.id = shown->family, .revoked_at = clock_()}}));
    co_return errc::token_reused;
  case storage::rotation::revoked:
    co_return errc::token_revoked;
  }
  ++(outcome->what == storage::rotation::rotated ? rotated_ : repeated_);
  if (outcome->family.user != shown->user)
    co_return failure{errc::token_invalid, "the family is of another user"};
  outcome->family.generation = shown->generation + 1;
  co_return tokens_.of_family(outcome->family, random_id(*random_), clock_());
}

/// What is not noted makes the predecessor give the same successor for longer, no more.
void sessions_state::note_shown(const token_shown& m) {
  if (noting_ >= config_.max_noting) {
    ++not_noted_;
    return;
  }
  start_journey(self_, "note", note(m));
}

task<result<done>> sessions_state::note(token_shown m) {
  ++noting_;
  const auto noted =
      co_await ask(store_, config_.request_timeout,
                   storage::note_family_shown{m.family, m.generation, clock_()});
  --noting_;
  not_noted_ += noted ? 0U : 1U;
  co_return done{};
}

task<result<done>> sessions_state::close(close_session m) {
  const auto now = clock_();
  auto revoked = co_await ask(store_, config_.request_timeout,
                              storage::revoke_family{m.family, now, m.from});
  if (!revoked)
    co_return std::move(revoked.error());
  ++closed_;
  // The row is written: that the ingress does not answer cannot undo the log-out.
  (void)co_await regardless_of_deadline(announce({{.id = m.family, .revoked_at = now}}));
  co_return done{};
}

task<result<done>> sessions_state::spread(spread_revocations m) {
  closed_ += m.families.size();
  (void)co_await regardless_of_deadline(
      announce(std::move(m.families))); // As with a log-out: the rows are written.
  co_return done{};
}

task<done> sessions_state::announce(std::vector<storage::session_family> revoked) {
  (void)co_await both(push_all(revoked), tell_others(revoked));
  co_return done{};
}

task<done> sessions_state::tell_others(std::vector<storage::session_family> revoked) {
  if (spreader_)
    (void)co_await ask(*spreader_, 2 * config_.push_timeout,
                       spread_revocations{std::move(revoked)});
  co_return done{};
}

task<bool> sessions_state::push_all(std::vector<storage::session_family> revoked) {
  std::vector<task<bool>> pushes;
  pushes.reserve(revoked.size());
  for (auto& one : revoked)
    pushes.push_back(push(std::move(one)));
  const auto known = co_await when_all(std::move(pushes));
  co_return std::ranges::all_of(known, [](bool one) { return one; });
}

task<bool> sessions_state::push(storage::session_family revoked) {
  const auto until = revoked.revoked_at + config_.access_lifetime + config_.clock_leeway;
  const auto known =
      co_await ask(ingress_, config_.push_timeout, session_revoked{revoked.id, until});
  failed_pushes_ += known ? 0U : 1U;
  co_return known.ok();
}

task<result<done>> sessions_state::load() {
  const auto since = clock_() - config_.access_lifetime - config_.clock_leeway;
  auto revoked =
      co_await ask(store_, config_.request_timeout, storage::revoked_families{since});
  if (revoked)
    loaded_ = co_await push_all(std::move(revoked->families));
  timer_.arm(loaded_ ? config_.sweep_period : config_.load_retry);
  co_return done{};
}

task<result<done>> sessions_state::sweep() {
  storage::remove_expired_families command;
  // As long as an access token may be good its row tells who is to be refused.
  command.before = clock_() - config_.access_lifetime - config_.clock_leeway;
  const auto removed = co_await ask(store_, config_.request_timeout, command);
  const auto rows = removed ? removed->rows : 0;
  swept_ += static_cast<std::uint64_t>(rows);
  timer_.arm(rows < command.limit ? config_.sweep_period : config_.load_retry);
  co_return done{};
}

actor_status sessions_state::status() const {
  actor_status out{{{"opened", static_cast<double>(opened_)},
                    {"rotated", static_cast<double>(rotated_)},
                    {"repeated", static_cast<double>(repeated_)},
                    {"showings_not_noted", static_cast<double>(not_noted_)},
                    {"reused", static_cast<double>(reused_)},
                    {"closed", static_cast<double>(closed_)},
                    {"ended_as_surplus", static_cast<double>(surplus_)},
                    {"failed_pushes", static_cast<double>(failed_pushes_)},
                    {"families_removed", static_cast<double>(swept_)}},
                   {{"loaded", loaded_ ? "yes" : "no"}},
                   loaded_};
  self_.running->add_gauges(out);
  return out;
}

} // namespace tinybook
