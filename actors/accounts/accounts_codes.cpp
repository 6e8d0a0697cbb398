#include "actors/accounts/accounts.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook {

caf::result<done> accounts_state::start_bind(const bind_own_phone& m) {
  pending_reply<done> reply{self_};
  ask(self_, peers_.verification, reply.within(config_.request_timeout),
      check_code{m.phone, std::string{purpose_bind_phone}, m.code, m.client},
      [this, reply, user = m.user](result<verified_phone> verified) {
        if (!verified)
          return reply(std::move(verified.error()));
        ask(self_, peers_.users, reply.within(config_.request_timeout),
            storage::bind_phone{user, std::move(verified->phone), clock_(),
                                use_of(verified->ticket)},
            [this, reply, ticket = verified->ticket](const result<done>& bound) {
              settle(ticket, bound, [reply, bound] { reply(bound); });
            });
      });
  return reply.promise();
}

template <class T>
void accounts_state::settle(const std::optional<code_ticket>& ticket,
                            const result<T>& stored, std::function<void()> then) {
  if (!ticket || (!stored && stored.error().code == errc::deadline_exceeded))
    return then();
  // `wrong_code`: the rows know that it was used before.
  const bool used = stored || stored.error().code == errc::wrong_code;
  ask(self_, peers_.verification, config_.settle_timeout, settle_code{*ticket, used},
      [then = std::move(then)](const result<done>&) { then(); });
}

template void accounts_state::settle(const std::optional<code_ticket>&,
                                     const result<storage::user>&, std::function<void()>);
template void accounts_state::settle(const std::optional<code_ticket>&,
                                     const result<token_pair>&, std::function<void()>);

struct accounts_state::resetting {
  pending_reply<done> reply;
  std::string phone;
  std::string code;
  std::string password;
  client_info client;
  std::vector<std::string> permits{};
  std::string hash{};
  std::optional<code_ticket> ticket{};
};

/// The new password is hashed before anything is known about code and phone: whatever is
/// wrong with them, the answer comes after the same work. The permit, which only a
/// success gives back, keeps strangers from ordering that work without end.
caf::result<done> accounts_state::start_reset(const reset_password& m) {
  field_report report;
  auto code = report.take(parse_typed_code("code", m.code));
  auto password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    return to_error(report.error());
  auto r = std::make_shared<resetting>(resetting{pending_reply<done>{self_}, m.phone,
                                                 std::move(code), std::move(password),
                                                 m.client});
  acquire_permits(self_, peers_.limiter, r->reply.within(config_.request_timeout),
                  reset_rules(config_.log_ins, m.client),
                  [this, r](result<std::vector<std::string>> permits) {
                    if (!permits) {
                      ++limited_;
                      return r->reply(std::move(permits.error()));
                    }
                    r->permits = std::move(*permits);
                    hash_for_reset(r);
                  });
  return r->reply.promise();
}

void accounts_state::hash_for_reset(const std::shared_ptr<resetting>& r) {
  ask(self_, peers_.hasher, r->reply.within(config_.hash_timeout),
      make_password_hash{std::move(r->password)},
      [this, r](result<password_hash_made> made) {
        if (!made)
          return refuse_reset(r, std::move(made.error()));
        r->hash = std::move(made->hash);
        check_reset_code(r);
      });
}

void accounts_state::check_reset_code(const std::shared_ptr<resetting>& r) {
  ask(self_, peers_.verification, r->reply.within(config_.request_timeout),
      check_code{r->phone, std::string{purpose_reset_password}, r->code, r->client},
      [this, r](result<verified_phone> verified) {
        if (!verified)
          return refuse_reset(r, std::move(verified.error()));
        r->ticket = std::move(verified->ticket);
        r->phone = std::move(verified->phone);
        find_reset_account(r);
      });
}

void accounts_state::find_reset_account(const std::shared_ptr<resetting>& r) {
  ask(self_, peers_.users, r->reply.within(config_.request_timeout),
      storage::find_user_by_phone{r->phone},
      [this, r](const result<storage::user>& found) {
        if (found)
          return reset(r, found->id);
        settle(r->ticket, found, [this, r, why = found.error()] {
          refuse_reset(r, why.code == errc::user_not_found ? errc::wrong_code : why);
        });
      });
}

void accounts_state::reset(const std::shared_ptr<resetting>& r, user_id user) {
  ask(self_, peers_.users, r->reply.within(config_.request_timeout),
      storage::set_password{user, std::move(r->hash), {}, clock_(), use_of(r->ticket)},
      [this, r](const result<storage::family_list>& revoked) {
        settle(r->ticket, revoked, [this, r, revoked] { stored_reset(r, revoked); });
      });
}

void accounts_state::stored_reset(const std::shared_ptr<resetting>& r,
                                  result<storage::family_list> revoked) {
  if (!revoked)
    return refuse_reset(r, std::move(revoked.error()));
  ++passwords_reset_;
  release_permits(peers_.limiter, std::move(r->permits));
  spread(std::move(*revoked), [r] { r->reply(done{}); });
}

/// A permit stays taken for what may have been a guess only.
void accounts_state::refuse_reset(const std::shared_ptr<resetting>& r, failure why) {
  if (why.code == errc::wrong_code)
    ++wrong_credentials_;
  else if (why.code != errc::too_many_tries)
    release_permits(peers_.limiter, std::move(r->permits));
  r->reply(std::move(why));
}

/// The rows are revoked: that somebody does not hear of it in time undoes nothing, and a
/// sessions actor that starts anew tells the ingress by itself.
void accounts_state::spread(storage::family_list revoked, std::function<void()> then) {
  if (revoked.families.empty())
    return then();
  ask(self_, peers_.sessions, config_.request_timeout,
      spread_revocations{std::move(revoked.families)},
      [then = std::move(then)](const result<done>&) { then(); });
}

} // namespace tinybook
