#include "actors/accounts/accounts.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <utility>

namespace tinybook {

/// The e-mail as a key of the limiter, which need not know it.
std::string accounts_state::account_key(const std::string& email) const {
  return base64url_encode(
      keyed_hash(keys_->current(key_purpose::public_ids), {"account", email}));
}

/// An unknown e-mail goes through all the same steps, with an id of 0 and an empty hash.
task<result<token_pair>> accounts_state::start_log_in(log_in m) {
  field_report report;
  const auto email = report.take(check_email("email", m.email));
  const auto password = report.take(known_password("password", m.password));
  if (!report.ok())
    co_return report.error();
  auto found = co_await ask(peers_.users, config_.request_timeout,
                            storage::find_user_by_email{email});
  if (!found && found.error().code != errc::user_not_found)
    co_return std::move(found.error());
  const auto user = found ? std::move(*found) : storage::user{};
  const auto as_typed = m.password == password ? std::string{} : m.password;
  auto matched = co_await try_password(
      login_rules(config_.log_ins, m.client, account_key(email), user),
      {password, user.password_hash, as_typed, m.client.address});
  if (!matched) {
    if (matched.error().code == errc::wrong_credentials)
      note_failure(storage::audit_kind::log_in_failed, "password", user.id, m.client);
    co_return std::move(matched.error());
  }
  open_session command{user.id, m.client, {}, storage::device_epoch{user.device_epoch}};
  auto opened = co_await ask(peers_.sessions, config_.request_timeout, command);
  if (code_of(opened) == errc::token_revoked) {
    command.client.once.clear(); // Logged out since: the proof is a new one.
    opened = co_await ask(peers_.sessions, config_.request_timeout, command);
  }
  if (code_of(opened) == errc::user_not_found)
    co_return errc::wrong_credentials; // Erased since.
  if (!opened)
    co_return opened;
  ++logged_in_;
  if (matched->needs_rehash)
    start_journey(self_, "renew hash", renew_hash(user, m.client.address, password));
  co_return opened;
}

void accounts_state::note_failure(storage::audit_kind kind, std::string how, user_id user,
                                  const client_info& client, std::string phone) {
  storage::audit_event event{.at = clock_(),
                             .user = user,
                             .kind = kind,
                             .from = source_of(client),
                             .detail = std::move(how)};
  if (user == 0 && !phone.empty())
    start_journey(self_, "note failure",
                  note_failure_at_phone(std::move(event), std::move(phone)));
  else
    sample_failure(std::move(event));
}

/// Whose it is comes first: numbers that nobody has are as many as one likes to type.
task<result<done>> accounts_state::note_failure_at_phone(storage::audit_event event,
                                                         std::string phone) {
  const auto found = co_await ask(peers_.users, config_.request_timeout,
                                  storage::find_user_by_phone{std::move(phone)});
  if (!found && found.error().code != errc::user_not_found)
    co_return found.error();
  event.user = found ? found->id : 0;
  sample_failure(std::move(event));
  co_return done{};
}

void accounts_state::sample_failure(storage::audit_event event) {
  const bool at_account = event.user != 0;
  const auto decided =
      (at_account ? failures_at_accounts_ : other_failures_)
          .next({event.kind, event.user, at_account ? "" : event.from.network}, event.at);
  note_left_out(decided.before, event.kind);
  if (decided.passes)
    enter_failure(std::move(event));
  else if (!minute_over_.armed())
    minute_over_.arm(std::chrono::minutes{1});
}

void accounts_state::note_left_out(const failure_sampler::left_out& ended,
                                   storage::audit_kind kind) {
  const auto enter = [&](const failure_key& at, std::string how_many) {
    storage::audit_event event{
        .at = clock_(), .user = at.user, .kind = at.kind, .detail = std::move(how_many)};
    event.from.network = at.network;
    enter_failure(std::move(event));
  };
  for (const auto& [key, count] : ended.of_keys)
    enter(key, std::to_string(count) + " more left out");
  if (ended.of_others > 0)
    enter({.kind = kind}, std::to_string(ended.of_others) + " more left out elsewhere");
}

void accounts_state::note_left_out_until(wall_time now) {
  for (auto* sampler : {&failures_at_accounts_, &other_failures_}) {
    note_left_out(sampler->end(now), storage::audit_kind::log_in_failed);
    if (sampler->has_left_out() && !minute_over_.armed())
      minute_over_.arm(std::chrono::minutes{1});
  }
}

void accounts_state::enter_failure(storage::audit_event event) {
  start_journey(self_, "note failure",
                ask_as_task(peers_.users, config_.request_timeout,
                            storage::note_audit{std::move(event)}));
}

task<result<password_matched>> accounts_state::try_password(std::vector<rate_rule> rules,
                                                            match_password tried) {
  auto permits = co_await count(std::move(rules));
  if (!permits)
    co_return std::move(permits.error());
  auto matched = co_await ask(peers_.hasher, config_.hash_timeout, std::move(tried));
  if (matched && !matched->matches) {
    ++wrong_credentials_;
    co_return errc::wrong_credentials; // The permits stay taken.
  }
  release_permits(peers_.limiter, std::move(*permits));
  co_return matched;
}

task<result<password_matched>>
accounts_state::try_own_password(std::vector<rate_rule> rules, bool has_phone,
                                 match_password tried) {
  auto matched = co_await try_password(std::move(rules), std::move(tried));
  if (code_of(matched) == errc::rate_limited)
    matched.error().proofs = {has_phone ? "code" : "password"};
  co_return matched;
}

/// In the background; where it fails, the next log-in tries again.
task<result<done>> accounts_state::renew_hash(storage::user user, std::string address,
                                              std::string password) {
  auto made = co_await ask(peers_.hasher, config_.hash_timeout,
                           make_password_hash{std::move(password), std::move(address)});
  if (!made)
    co_return std::move(made.error());
  auto upgraded = co_await ask(
      peers_.users, config_.request_timeout,
      storage::upgrade_password_hash{user.id, user.password_hash, std::move(made->hash)});
  rehashed_ += upgraded ? 1U : 0U;
  co_return upgraded;
}

} // namespace tinybook
