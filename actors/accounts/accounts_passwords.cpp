#include "actors/accounts/accounts.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

namespace {

/// A ban that comes meanwhile ends the session, as it ends all.
result<token_pair> unless_banned(result<token_pair> opened) {
  if (opened && opened->banned)
    return errc::token_revoked;
  return opened;
}

} // namespace

task<result<token_pair>> accounts_state::start_change(change_password m) {
  field_report report;
  std::string as_typed;
  if (!m.old_password.empty()) {
    auto old = report.take(known_password("oldPassword", m.old_password));
    as_typed = m.old_password == old ? std::string{} : m.old_password;
    m.old_password = std::move(old);
  }
  m.password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    co_return report.error();
  auto set = co_await change_once(m, as_typed);
  // Another log-in may have renewed the hash of the very same password.
  if (code_of(set) == errc::wrong_state)
    set = co_await change_once(m, as_typed);
  const auto why = code_of(set);
  if ((why == errc::wrong_credentials || why == errc::token_revoked)
      && !m.client.once.empty())
    if (auto opened =
            co_await ask(peers_.sessions, config_.request_timeout,
                         find_opened_session{m.user, m.client.device, m.client.once}))
      co_return unless_banned(std::move(opened)); // Its twin has changed it.
  if (!set) {
    if (why == errc::wrong_credentials)
      note_failure(storage::audit_kind::password_change_failed, "password", m.user,
                   m.client);
    co_return std::move(set.error());
  }
  ++passwords_changed_;
  (void)co_await regardless_of_deadline(spread(std::move(set->families)));
  // None where a reset has come behind it.
  co_return unless_banned(co_await ask(peers_.sessions, config_.request_timeout,
                                       open_session{m.user, m.client, {}, set->epoch}));
}

/// What it had to be when it was set may have changed: only the bounds that keep the work
/// small hold.
result<std::string> accounts_state::known_password(std::string_view field,
                                                   const std::string& typed) const {
  auto bounds = config_.passwords;
  bounds.min_length = 1;
  return check_password(field, typed, bounds);
}

task<result<done>> accounts_state::judge(std::string address, std::string password,
                                         whose_words whose) {
  if (config_.passwords.min_score == 0)
    co_return done{};
  co_return co_await ask(peers_.hasher, config_.hash_timeout,
                         judge_password{std::move(password),
                                        {config_.passwords.min_score,
                                         own_words(whose.email, whose.nickname,
                                                   whose.phone, config_.site_names)},
                                        std::move(address)});
}

task<result<std::string>>
accounts_state::hash_new(std::string address, std::string password, whose_words whose) {
  auto judged = co_await judge(address, password, std::move(whose));
  if (!judged)
    co_return std::move(judged.error());
  auto made = co_await ask(peers_.hasher, config_.hash_timeout,
                           make_password_hash{std::move(password), std::move(address)});
  if (!made)
    co_return std::move(made.error());
  co_return std::move(made->hash);
}

/// An account without a password (made by a code) has none that matches.
task<result<storage::password_set>> accounts_state::change_once(change_password m,
                                                                std::string as_typed) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  storage::set_password command{.id = m.user,
                                .password_hash = {},
                                .expected = found->password_hash,
                                .now = clock_(),
                                .from = source_of(m.client)};
  if (m.old_password.empty()) {
    command.proof = proof_of(m.family);
    if (auto proved = co_await find_proof(m.user, m.family); !proved)
      co_return std::move(proved.error());
  } else {
    auto matched = co_await try_own_password(
        session_rules(config_.log_ins, m.client, m.family, *found), !found->phone.empty(),
        {m.old_password, found->password_hash, as_typed, m.client.address});
    if (!matched)
      co_return std::move(matched.error());
  }
  auto hash = co_await hash_new(m.client.address, m.password, words_of(*found));
  if (!hash)
    co_return std::move(hash.error());
  command.password_hash = std::move(*hash);
  co_return co_await ask(peers_.users, config_.request_timeout, std::move(command));
}

} // namespace tinybook
