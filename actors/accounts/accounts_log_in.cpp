#include "actors/accounts/accounts.hpp"
#include "actors/codes/code_purposes.hpp"
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
      note_failure("password", user.id, m.client);
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

void accounts_state::note_failure(std::string how, user_id user,
                                  const client_info& client) {
  const auto now = clock_();
  const auto left_out = failures_.next(now);
  if (!left_out)
    return;
  if (*left_out > 0)
    how += ", " + std::to_string(*left_out) + " others left out";
  start_journey(
      self_, "note failure",
      ask_as_task(peers_.users, config_.request_timeout,
                  storage::note_audit{{.at = now,
                                       .user = user,
                                       .kind = storage::audit_kind::log_in_failed,
                                       .from = source_of(client),
                                       .detail = std::move(how)}}));
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

/// An account that is made though the log-in fails behind it does no harm: it is that of
/// the phone, which was proven.
task<result<token_pair>> accounts_state::start_log_in_by_code(log_in_by_code m) {
  auto counted = co_await count(code_login_rules(config_.log_ins, m.client));
  if (!counted)
    co_return std::move(counted.error());
  auto verified =
      co_await ask(peers_.verification, config_.request_timeout,
                   check_code{m.phone, std::string{purpose_login}, m.code, m.client});
  if (!verified) {
    if (verified.error().code == errc::wrong_code)
      note_failure("code", 0, m.client);
    co_return std::move(verified.error());
  }
  if (verified->done_before)
    co_return co_await find_opened(std::move(verified->phone), m.client);
  const auto ticket = std::move(verified->ticket);
  auto user = co_await ask(peers_.users, config_.request_timeout,
                           storage::claim_phone_account{std::move(verified->phone),
                                                        clock_(), source_of(m.client)});
  if (!user) {
    (void)co_await regardless_of_deadline(settle(ticket, user.error().code));
    co_return std::move(user.error());
  }
  auto opened = co_await ask(peers_.sessions, config_.request_timeout,
                             open_session{user->id, m.client, use_of(ticket)});
  logged_in_ += opened ? 1U : 0U;
  (void)co_await regardless_of_deadline(settle(ticket, code_of(opened)));
  co_return opened;
}

task<result<token_pair>> accounts_state::find_opened(std::string phone,
                                                     client_info client) {
  auto user = co_await ask(peers_.users, config_.request_timeout,
                           storage::find_user_by_phone{std::move(phone)});
  if (!user)
    co_return std::move(user.error());
  co_return co_await ask(
      peers_.sessions, config_.request_timeout,
      find_opened_session{user->id, std::move(client.device), std::move(client.once)});
}

} // namespace tinybook
