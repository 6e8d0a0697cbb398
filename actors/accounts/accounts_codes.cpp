#include "actors/accounts/accounts.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/codes/phone_number.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

task<result<done>> accounts_state::start_bind(bind_own_phone m) {
  // First: a code is not tried in vain.
  if (auto proved = co_await find_proof(m.user, m.family); !proved)
    co_return std::move(proved.error());
  auto verified = co_await ask(
      peers_.verification, config_.request_timeout,
      check_code{m.phone, std::string{purpose_bind_phone}, m.code, m.client, m.user});
  if (!verified)
    co_return std::move(verified.error());
  if (verified->done_before)
    co_return done{};
  const auto ticket = std::move(verified->ticket);
  auto bound = co_await bind_once(m, verified->phone, ticket);
  if (code_of(bound) == errc::wrong_state)
    bound = co_await bind_once(m, verified->phone, ticket);
  (void)co_await regardless_of_deadline(settle(ticket, code_of(bound)));
  co_return bound;
}

task<result<done>> accounts_state::bind_once(bind_own_phone m, std::string phone,
                                             std::optional<code_ticket> ticket) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  storage::bind_phone command{.id = m.user,
                              .phone = std::move(phone),
                              .replaces = found->phone,
                              .proof = proof_of(m.family),
                              .now = clock_(),
                              .code = use_of(ticket),
                              .from = source_of(m.client)};
  if (!found->phone.empty() && found->phone != command.phone)
    command.notice = notice_to(found->phone, m.user);
  const bool tells_old_number = command.notice.has_value();
  auto bound = co_await ask(peers_.users, config_.request_timeout, std::move(command));
  if (bound && tells_old_number)
    tell(peers_.sms, outbox_changed{1});
  co_return bound;
}

storage::sms_message accounts_state::notice_to(const std::string& phone, user_id user) {
  const auto number = parse_phone("phone", phone, "", phone_rule::possible);
  new_message message;
  auto& row = message.row;
  row.phone = phone;
  row.purpose = purpose_notice;
  row.template_name = template_of(purpose_notice);
  if (number) {
    row.country_prefix = number->country_prefix;
    row.region = number->region;
  }
  row.account = user;
  row.expires_at = clock_() + config_.notice_lifetime;
  message.content.lang = language_of(row.country_prefix);
  return submission_of(std::move(message), *keys_, *random_, clock_()).message;
}

storage::step_up_proof accounts_state::proof_of(std::string family) const {
  return {std::move(family), clock_() - config_.step_up};
}

task<result<done>> accounts_state::find_proof(user_id user, std::string family) {
  co_return co_await ask(peers_.users, config_.request_timeout,
                         storage::find_proof{user, proof_of(std::move(family))});
}

task<result<std::string>> accounts_state::own_phone(user_id user) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{user});
  if (!found)
    co_return std::move(found.error());
  if (found->phone.empty())
    co_return errc::no_phone;
  co_return std::move(found->phone);
}

task<result<done>> accounts_state::start_step_up(step_up m) {
  auto proved =
      co_await (m.password.empty() ? step_up_by_code(m) : step_up_by_password(m));
  step_ups_ += proved ? 1U : 0U;
  co_return proved;
}

task<result<done>> accounts_state::step_up_by_password(step_up m) {
  field_report report;
  const auto password = report.take(known_password("password", m.password));
  if (!report.ok())
    co_return report.error();
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  auto matched =
      co_await try_password(session_rules(config_.log_ins, m.client, m.family, *found),
                            {password, found->password_hash,
                             m.password == password ? "" : m.password, m.client.address});
  if (!matched) {
    if (matched.error().code == errc::wrong_credentials)
      note_failure("step-up by password", m.user, m.client);
    co_return std::move(matched.error());
  }
  co_return co_await ask(
      peers_.users, config_.request_timeout,
      storage::prove_session{.user = m.user,
                             .family = m.family,
                             .now = clock_(),
                             .seen = storage::device_epoch{found->device_epoch},
                             .from = source_of(m.client)});
}

task<result<done>> accounts_state::step_up_by_code(step_up m) {
  auto phone = co_await own_phone(m.user);
  if (!phone)
    co_return std::move(phone.error());
  auto verified = co_await ask(peers_.verification, config_.request_timeout,
                               check_code{std::move(*phone), std::string{purpose_step_up},
                                          m.code, m.client, m.user});
  if (!verified)
    co_return std::move(verified.error());
  if (verified->done_before)
    co_return done{};
  const auto ticket = std::move(verified->ticket);
  auto proved = co_await ask(peers_.users, config_.request_timeout,
                             storage::prove_session{.user = m.user,
                                                    .family = m.family,
                                                    .now = clock_(),
                                                    .code = use_of(ticket),
                                                    .from = source_of(m.client)});
  (void)co_await regardless_of_deadline(settle(ticket, code_of(proved)));
  co_return proved;
}

task<result<code_sent>> accounts_state::send_own(send_own_code m) {
  if (m.purpose == purpose_bind_phone) {
    if (auto proved = co_await find_proof(m.user, m.family); !proved)
      co_return std::move(proved.error());
  } else {
    auto phone = co_await own_phone(m.user);
    if (!phone)
      co_return std::move(phone.error());
    m.phone = std::move(*phone);
  }
  co_return co_await ask(
      peers_.verification, config_.request_timeout,
      send_code{std::move(m.phone), std::move(m.purpose), m.client, m.lang, m.user});
}

task<result<done>> accounts_state::start_deletion(delete_account m) {
  const auto now = clock_();
  auto revoked =
      co_await ask(peers_.users, config_.request_timeout,
                   storage::request_deletion{.user = m.user,
                                             .proof = proof_of(m.family),
                                             .now = now,
                                             .erase_at = now + config_.delete_grace,
                                             .from = source_of(m.client)});
  if (!revoked)
    co_return std::move(revoked.error());
  ++deletions_;
  (void)co_await regardless_of_deadline(spread(std::move(revoked->families)));
  co_return done{};
}

task<result<done>> accounts_state::allow_export(begin_export m) {
  if (auto proved = co_await find_proof(m.user, m.family); !proved)
    co_return std::move(proved.error());
  co_return co_await ask(peers_.users, config_.request_timeout,
                         storage::note_audit{{.at = clock_(),
                                              .user = m.user,
                                              .kind = storage::audit_kind::exported,
                                              .from = source_of(m.client)}});
}

task<result<done>> accounts_state::moderate(moderate_account m) {
  if (!m.ban)
    co_return co_await ask(peers_.users, config_.request_timeout,
                           storage::lift_ban{m.user, clock_(), std::move(m.from)});
  auto revoked = co_await ask(peers_.users, config_.request_timeout,
                              storage::ban_account{m.user, clock_(), std::move(m.from)});
  if (!revoked)
    co_return std::move(revoked.error());
  (void)co_await regardless_of_deadline(spread(std::move(revoked->families)));
  co_return done{};
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
  result<storage::password_set> set{errc::internal};
  if (hash)
    set = co_await reset_by_code(m, std::move(*hash));
  else
    set = std::move(hash.error());
  const auto code = code_of(set);
  wrong_credentials_ += code == errc::wrong_code ? 1U : 0U;
  // A permit stays taken for what may have been a guess, and for a password that was
  // judged: what a stranger may order has a bound.
  if (code != errc::wrong_code && code != errc::too_many_tries
      && code != errc::invalid_field)
    release_permits(peers_.limiter, std::move(*permits));
  if (!set)
    co_return std::move(set.error());
  ++passwords_reset_;
  (void)co_await regardless_of_deadline(spread(std::move(set->families)));
  co_return done{};
}

task<result<storage::password_set>> accounts_state::reset_by_code(reset_password m,
                                                                  std::string hash) {
  auto verified = co_await ask(
      peers_.verification, config_.request_timeout,
      check_code{m.phone, std::string{purpose_reset_password}, m.code, m.client});
  if (!verified)
    co_return std::move(verified.error());
  if (verified->done_before)
    co_return storage::password_set{};
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
  auto revoked = co_await ask(peers_.users, config_.request_timeout,
                              storage::set_password{.id = found->id,
                                                    .password_hash = std::move(hash),
                                                    .expected = {},
                                                    .now = clock_(),
                                                    .code = use_of(ticket),
                                                    .phone = found->phone,
                                                    .from = source_of(m.client)});
  (void)co_await regardless_of_deadline(settle(ticket, code_of(revoked)));
  co_return revoked;
}

/// The rows are revoked: that somebody does not hear of it in time undoes nothing, and a
/// sessions actor that starts anew tells the ingress by itself.
task<done> accounts_state::spread(std::vector<storage::session_family> revoked) {
  if (!revoked.empty())
    (void)co_await ask(peers_.sessions, config_.request_timeout,
                       spread_revocations{std::move(revoked)});
  co_return done{};
}

} // namespace tinybook
