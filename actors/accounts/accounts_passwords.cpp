#include "actors/accounts/accounts.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook {

/// One change under way.
struct accounts_state::changing {
  pending_reply<token_pair> reply;
  user_id user = 0;
  std::string old_password;
  std::string old_as_typed; ///< Where it differs.
  std::string password;
  client_info client;
  std::string old_hash{};
  std::vector<std::string> permits{};
  bool again = false; ///< The stored hash changed under it once.
};

caf::result<token_pair> accounts_state::start_change(const change_password& m) {
  auto bounds = config_.passwords;
  bounds.min_length = 1; // As at log-in: what it had to be may have changed.
  field_report report;
  auto old = report.take(check_password("oldPassword", m.old_password, bounds));
  auto password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    return to_error(report.error());
  auto as_typed = m.old_password == old ? std::string{} : m.old_password;
  auto c = std::make_shared<changing>(changing{pending_reply<token_pair>{self_}, m.user,
                                               std::move(old), std::move(as_typed),
                                               std::move(password), m.client});
  find_for_change(c);
  return c->reply.promise();
}

void accounts_state::find_for_change(const std::shared_ptr<changing>& c) {
  ask(self_, peers_.users, c->reply.within(config_.request_timeout),
      storage::find_user{c->user}, [this, c](result<storage::user> found) {
        if (!found)
          return c->reply(std::move(found.error()));
        c->old_hash = std::move(found->password_hash);
        // The tries at one password count together, whichever way they come.
        auto account = found->email.empty() ? '#' + std::to_string(c->user)
                                            : std::move(found->email);
        take_change_permits(c, account_key(account));
      });
}

void accounts_state::take_change_permits(const std::shared_ptr<changing>& c,
                                         const std::string& account) {
  acquire_permits(self_, peers_.limiter, c->reply.within(config_.request_timeout),
                  login_rules(config_.log_ins, c->client, account, c->user),
                  [this, c](result<std::vector<std::string>> permits) {
                    if (!permits) {
                      ++limited_;
                      return c->reply(std::move(permits.error()));
                    }
                    c->permits = std::move(*permits);
                    compare_old_password(c);
                  });
}

/// An account without a password (made by a code) has none that matches.
void accounts_state::compare_old_password(const std::shared_ptr<changing>& c) {
  ask(self_, peers_.hasher, c->reply.within(config_.hash_timeout),
      match_password{c->old_password, c->old_hash, c->old_as_typed},
      [this, c](result<password_matched> matched) {
        if (matched && !matched->matches) {
          ++wrong_credentials_;
          return c->reply(errc::wrong_credentials); // The permits stay taken.
        }
        release_permits(peers_.limiter, std::move(c->permits));
        if (matched)
          hash_changed_password(c);
        else
          c->reply(std::move(matched.error()));
      });
}

void accounts_state::hash_changed_password(const std::shared_ptr<changing>& c) {
  ask(self_, peers_.hasher, c->reply.within(config_.hash_timeout),
      make_password_hash{c->password}, [this, c](result<password_hash_made> made) {
        if (made)
          store_changed_password(c, std::move(made->hash));
        else
          c->reply(std::move(made.error()));
      });
}

void accounts_state::store_changed_password(const std::shared_ptr<changing>& c,
                                            std::string hash) {
  ask(self_, peers_.users, c->reply.within(config_.request_timeout),
      storage::set_password{c->user, std::move(hash), c->old_hash, clock_()},
      [this, c](result<storage::family_list> revoked) {
        if (revoked)
          return changed(c, std::move(*revoked));
        // Another log-in may have renewed the hash of the very same password.
        if (revoked.error().code == errc::wrong_state && !std::exchange(c->again, true))
          return find_for_change(c);
        c->reply(std::move(revoked.error()));
      });
}

void accounts_state::changed(const std::shared_ptr<changing>& c,
                             storage::family_list revoked) {
  ++passwords_changed_;
  spread(std::move(revoked), [this, c] {
    ask_into(self_, peers_.sessions, c->reply.within(config_.request_timeout),
             open_session{c->user, c->client.device}, c->reply);
  });
}

} // namespace tinybook
