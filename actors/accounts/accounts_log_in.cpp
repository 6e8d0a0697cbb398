#include "actors/accounts/accounts.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"
#include "storage/support/crypto.hpp"
#include "storage/support/encoding.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook {

/// One log-in under way. An unknown e-mail goes through all the same steps with `user.id`
/// 0 and an empty hash.
struct accounts_state::logging_in {
  pending_reply<token_pair> reply;
  std::string email;
  std::string password;
  std::string as_typed; ///< Where it differs.
  client_info client;
  storage::user user{};
  std::vector<std::string> permits{};
};

caf::result<token_pair> accounts_state::start_log_in(const log_in& m) {
  // What a password had to be may have changed since it was set: only the bounds that
  // keep the work small hold here.
  auto bounds = config_.passwords;
  bounds.min_length = 1;
  field_report report;
  auto email = report.take(check_email("email", m.email));
  auto password = report.take(check_password("password", m.password, bounds));
  if (!report.ok())
    return to_error(report.error());
  auto as_typed = m.password == password ? std::string{} : m.password;
  auto l = std::make_shared<logging_in>(logging_in{pending_reply<token_pair>{self_},
                                                   std::move(email), std::move(password),
                                                   std::move(as_typed), m.client});
  ask(self_, peers_.users, l->reply.within(config_.request_timeout),
      storage::find_user_by_email{l->email}, [this, l](result<storage::user> found) {
        if (!found && found.error().code != errc::user_not_found)
          return l->reply(std::move(found.error()));
        if (found)
          l->user = std::move(*found);
        take_login_permits(l);
      });
  return l->reply.promise();
}

/// The e-mail as a key of the limiter, which need not know it.
std::string accounts_state::account_key(const std::string& email) const {
  return base64url_encode(
      keyed_hash(keys_->current(key_purpose::public_ids), {"account", email}));
}

void accounts_state::take_login_permits(const std::shared_ptr<logging_in>& l) {
  auto rules = login_rules(config_.log_ins, l->client, account_key(l->email), l->user.id);
  acquire_permits(self_, peers_.limiter, l->reply.within(config_.request_timeout),
                  std::move(rules), [this, l](result<std::vector<std::string>> permits) {
                    if (!permits) {
                      ++limited_;
                      return l->reply(std::move(permits.error()));
                    }
                    l->permits = std::move(*permits);
                    compare_password(l);
                  });
}

void accounts_state::compare_password(const std::shared_ptr<logging_in>& l) {
  ask(self_, peers_.hasher, l->reply.within(config_.hash_timeout),
      match_password{l->password, l->user.password_hash, l->as_typed},
      [this, l](result<password_matched> matched) { compared(l, std::move(matched)); });
}

void accounts_state::compared(const std::shared_ptr<logging_in>& l,
                              result<password_matched> matched) {
  if (matched && !matched->matches) {
    ++wrong_credentials_;
    return l->reply(errc::wrong_credentials); // The permits stay taken.
  }
  release_permits(peers_.limiter, std::move(l->permits));
  if (!matched)
    return l->reply(std::move(matched.error()));
  ++logged_in_;
  ask_into(self_, peers_.sessions, l->reply.within(config_.request_timeout),
           open_session{l->user.id, l->client.device}, l->reply);
  if (matched->needs_rehash)
    renew_hash(l->user, l->password);
}

/// In the background; where it fails, the next log-in tries again.
void accounts_state::renew_hash(const storage::user& user, const std::string& password) {
  ask(self_, peers_.hasher, config_.hash_timeout, make_password_hash{password},
      [this, id = user.id, old = user.password_hash](result<password_hash_made> made) {
        if (!made)
          return;
        ask(self_, peers_.users, config_.request_timeout,
            storage::upgrade_password_hash{id, old, std::move(made->hash)},
            [this](const result<done>& upgraded) { rehashed_ += upgraded ? 1U : 0U; });
      });
}

caf::result<token_pair> accounts_state::start_log_in_by_code(const log_in_by_code& m) {
  pending_reply<token_pair> reply{self_};
  ask(self_, peers_.verification, reply.within(config_.request_timeout),
      check_code{m.phone, std::string{purpose_login}, m.code, m.client},
      [this, reply, device = m.client.device](result<verified_phone> verified) {
        if (verified)
          claim_phone(*verified, device, reply);
        else
          reply(std::move(verified.error()));
      });
  return reply.promise();
}

/// An account that is made though the log-in fails behind it does no harm: it is that of
/// the phone, which was proven.
void accounts_state::claim_phone(const verified_phone& verified,
                                 const std::string& device,
                                 const pending_reply<token_pair>& reply) {
  ask(self_, peers_.users, reply.within(config_.request_timeout),
      storage::claim_phone_account{verified.phone, clock_()},
      [this, reply, device, ticket = verified.ticket](result<storage::user> user) {
        if (!user)
          return settle(ticket, user, [reply, why = user.error()] { reply(why); });
        ask(self_, peers_.sessions, reply.within(config_.request_timeout),
            open_session{user->id, device, use_of(ticket)},
            [this, reply, ticket](result<token_pair> opened) {
              logged_in_ += opened ? 1U : 0U;
              settle(ticket, opened, [reply, opened] { reply(opened); });
            });
      });
}

} // namespace tinybook
