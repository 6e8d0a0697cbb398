#include "actors/accounts/accounts.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

task<result<token_pair>> accounts_state::start_change(change_password m) {
  auto bounds = config_.passwords;
  bounds.min_length = 1; // As at log-in: what it had to be may have changed.
  field_report report;
  const auto old = report.take(check_password("oldPassword", m.old_password, bounds));
  m.password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    co_return report.error();
  const auto as_typed = m.old_password == old ? std::string{} : m.old_password;
  m.old_password = old;
  auto revoked = co_await change_once(m, as_typed);
  // Another log-in may have renewed the hash of the very same password.
  if (code_of(revoked) == errc::wrong_state)
    revoked = co_await change_once(m, as_typed);
  if (code_of(revoked) == errc::wrong_credentials && !m.client.once.empty())
    if (auto opened =
            co_await ask(peers_.sessions, config_.request_timeout,
                         find_opened_session{m.user, m.client.device, m.client.once}))
      co_return opened; // Its twin has changed it.
  if (!revoked)
    co_return std::move(revoked.error());
  ++passwords_changed_;
  (void)co_await regardless_of_deadline(spread(std::move(*revoked)));
  co_return co_await ask(peers_.sessions, config_.request_timeout,
                         open_session{m.user, m.client});
}

task<result<done>> accounts_state::judge(std::string address, std::string password,
                                         std::string email, std::string nickname) {
  if (config_.passwords.min_score == 0)
    co_return done{};
  co_return co_await ask(
      peers_.hasher, config_.hash_timeout,
      judge_password{std::move(password),
                     {config_.passwords.min_score, own_words(email, nickname)},
                     std::move(address)});
}

task<result<std::string>> accounts_state::hash_new(std::string address,
                                                   std::string password,
                                                   std::string email,
                                                   std::string nickname) {
  auto judged = co_await judge(address, password, std::move(email), std::move(nickname));
  if (!judged)
    co_return std::move(judged.error());
  auto made = co_await ask(peers_.hasher, config_.hash_timeout,
                           make_password_hash{std::move(password), std::move(address)});
  if (!made)
    co_return std::move(made.error());
  co_return std::move(made->hash);
}

/// An account without a password (made by a code) has none that matches.
task<result<storage::family_list>> accounts_state::change_once(change_password m,
                                                               std::string as_typed) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  // The tries at one password count together, whichever way they come.
  const auto account = found->email.empty() ? '#' + std::to_string(m.user) : found->email;
  auto matched = co_await try_password(
      login_rules(config_.log_ins, m.client, account_key(account), *found),
      {m.old_password, found->password_hash, as_typed, m.client.address});
  if (!matched)
    co_return std::move(matched.error());
  auto hash =
      co_await hash_new(m.client.address, m.password, found->email, found->nickname);
  if (!hash)
    co_return std::move(hash.error());
  co_return co_await ask(
      peers_.users, config_.request_timeout,
      storage::set_password{m.user, std::move(*hash), found->password_hash, clock_()});
}

} // namespace tinybook
