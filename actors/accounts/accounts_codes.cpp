#include "actors/accounts/accounts.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

task<result<done>> accounts_state::start_bind(bind_own_phone m) {
  auto verified = co_await ask(
      peers_.verification, config_.request_timeout,
      check_code{m.phone, std::string{purpose_bind_phone}, m.code, m.client});
  if (!verified)
    co_return std::move(verified.error());
  if (verified->done_before)
    co_return done{};
  const auto ticket = std::move(verified->ticket);
  auto bound = co_await ask(
      peers_.users, config_.request_timeout,
      storage::bind_phone{m.user, std::move(verified->phone), clock_(), use_of(ticket)});
  (void)co_await regardless_of_deadline(settle(ticket, code_of(bound)));
  co_return bound;
}

task<done> accounts_state::settle(std::optional<code_ticket> ticket, errc ended) {
  if (ticket && ended != errc::deadline_exceeded) {
    // `wrong_code`: the rows know that it was used before.
    const bool used = ended == errc::none || ended == errc::wrong_code;
    (void)co_await ask(peers_.verification, config_.settle_timeout,
                       settle_code{std::move(*ticket), used});
  }
  co_return done{};
}

/// The new password is hashed before anything is known about code and phone: whatever is
/// wrong with them, the answer comes after the same work. The permit, which only a
/// success gives back, keeps strangers from ordering that work without end.
task<result<done>> accounts_state::start_reset(reset_password m) {
  field_report report;
  m.code = report.take(parse_typed_code("code", m.code));
  m.password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    co_return report.error();
  auto permits = co_await count(reset_rules(config_.log_ins, m.client));
  if (!permits)
    co_return std::move(permits.error());
  auto hash = co_await hash_new(m.client.address, m.password);
  result<storage::family_list> revoked{errc::internal};
  if (hash)
    revoked = co_await reset_by_code(m, std::move(*hash));
  else
    revoked = std::move(hash.error());
  const auto code = code_of(revoked);
  wrong_credentials_ += code == errc::wrong_code ? 1U : 0U;
  // A permit stays taken for what may have been a guess, and for a password that was
  // judged: what a stranger may order has a bound.
  if (code != errc::wrong_code && code != errc::too_many_tries
      && code != errc::invalid_field)
    release_permits(peers_.limiter, std::move(*permits));
  if (!revoked)
    co_return std::move(revoked.error());
  ++passwords_reset_;
  (void)co_await regardless_of_deadline(spread(std::move(*revoked)));
  co_return done{};
}

task<result<storage::family_list>> accounts_state::reset_by_code(reset_password m,
                                                                 std::string hash) {
  auto verified = co_await ask(
      peers_.verification, config_.request_timeout,
      check_code{m.phone, std::string{purpose_reset_password}, m.code, m.client});
  if (!verified)
    co_return std::move(verified.error());
  if (verified->done_before)
    co_return storage::family_list{};
  const auto ticket = std::move(verified->ticket);
  auto found = co_await ask(peers_.users, config_.request_timeout,
                            storage::find_user_by_phone{std::move(verified->phone)});
  if (!found) {
    (void)co_await regardless_of_deadline(settle(ticket, found.error().code));
    if (found.error().code == errc::user_not_found)
      co_return errc::wrong_code;
    co_return std::move(found.error());
  }
  // Behind the code: whose words those are is told to nobody else.
  auto judged =
      co_await judge(m.client.address, m.password, found->email, found->nickname);
  if (!judged) {
    (void)co_await regardless_of_deadline(settle(ticket, judged.error().code));
    co_return std::move(judged.error());
  }
  auto revoked = co_await ask(
      peers_.users, config_.request_timeout,
      storage::set_password{found->id, std::move(hash), {}, clock_(), use_of(ticket)});
  (void)co_await regardless_of_deadline(settle(ticket, code_of(revoked)));
  co_return revoked;
}

/// The rows are revoked: that somebody does not hear of it in time undoes nothing, and a
/// sessions actor that starts anew tells the ingress by itself.
task<done> accounts_state::spread(storage::family_list revoked) {
  if (!revoked.families.empty())
    (void)co_await ask(peers_.sessions, config_.request_timeout,
                       spread_revocations{std::move(revoked.families)});
  co_return done{};
}

} // namespace tinybook
