#include "actors/accounts/accounts.hpp"
#include "actors/accounts/known_browser.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/codes/phone_number.hpp"
#include "actors/sms/messages.hpp"
#include "actors/sms/new_message.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

namespace {

/// How soon an account whose grace is over is gone.
constexpr std::chrono::seconds until_erased{30};

/// As what a wrong code of a purpose goes into the trail.
storage::audit_kind failure_of(std::string_view purpose) {
  using enum storage::audit_kind;
  if (purpose == purpose_step_up)
    return step_up_failed;
  if (purpose == purpose_bind_phone)
    return phone_bind_failed;
  return purpose == purpose_reset_password ? password_reset_failed : log_in_failed;
}

} // namespace

template <class Done, class Message>
task<result<Done>> accounts_state::by_code(check_code tried, Message m,
                                           code_act<Done, Message> act) {
  auto verified = co_await ask(peers_.verification, config_.request_timeout, tried);
  if (!verified) {
    if (verified.error().code == errc::wrong_code)
      note_wrong_code(tried);
    co_return std::move(verified.error());
  }
  const auto ticket = verified->ticket;
  auto acted = co_await (this->*act)(std::move(m), std::move(*verified));
  if (code_of(acted) == errc::wrong_code)
    note_wrong_code(tried); // Somebody else has used it up meanwhile.
  (void)co_await regardless_of_deadline(settle(ticket, code_of(acted)));
  co_return acted;
}

template <class Message>
task<result<done>> accounts_state::by_counted_code(std::vector<rate_rule> rules,
                                                   check_code tried, Message m,
                                                   code_act<done, Message> act) {
  auto permits = co_await count(std::move(rules));
  if (!permits)
    co_return std::move(permits.error());
  auto acted = co_await by_code(std::move(tried), std::move(m), act);
  const auto ended = code_of(acted);
  if (ended != errc::wrong_code && ended != errc::too_many_tries)
    release_permits(peers_.limiter, std::move(*permits));
  co_return acted;
}

void accounts_state::note_wrong_code(const check_code& tried) {
  auto phone = std::string{};
  if (tried.account == 0)
    if (const auto number = parse_phone("phone", tried.phone, config_.default_region,
                                        phone_rule::possible))
      phone = number->e164;
  note_failure(failure_of(tried.purpose), "code", tried.account, tried.client,
               std::move(phone));
}

/// An account that is made though the log-in fails behind it does no harm: it is that of
/// the phone, which was proven.
task<result<token_pair>> accounts_state::start_log_in_by_code(log_in_by_code m) {
  const auto owner = co_await owner_at(m.client, m.phone);
  auto counted = co_await count(code_login_rules(config_.log_ins, m.client, owner));
  if (!counted)
    co_return std::move(counted.error());
  check_code tried{m.phone, std::string{purpose_login}, m.code, m.client};
  co_return co_await by_code(std::move(tried), std::move(m),
                             &accounts_state::open_for_phone);
}

task<result<token_pair>> accounts_state::open_for_phone(log_in_by_code m,
                                                        verified_phone by) {
  if (by.done_before)
    co_return co_await find_opened(std::move(by.phone), std::move(m.client));
  auto user = co_await ask(
      peers_.users, config_.request_timeout,
      storage::claim_phone_account{std::move(by.phone), clock_(), source_of(m.client)});
  if (!user)
    co_return std::move(user.error());
  auto opened = co_await ask(peers_.sessions, config_.request_timeout,
                             open_session{user->id, m.client, use_of(by.ticket)});
  logged_in_ += opened ? 1U : 0U;
  if (code_of(opened) == errc::user_not_found)
    co_return failure{errc::unavailable, until_erased}; // Then the phone is free again.
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

task<result<done>> accounts_state::start_bind(bind_own_phone m) {
  // First: a code is not tried in vain.
  if (auto proved = co_await find_proof(m.user, m.family); !proved)
    co_return std::move(proved.error());
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  check_code tried{m.phone, std::string{purpose_bind_phone}, m.code, m.client, m.user};
  auto rules = session_code_rules(config_.log_ins, m.client, m.family, *found);
  co_return co_await by_counted_code(std::move(rules), std::move(tried), std::move(m),
                                     &accounts_state::bind);
}

task<result<done>> accounts_state::bind(bind_own_phone m, verified_phone by) {
  if (by.done_before)
    co_return done{};
  auto bound = co_await bind_once(m, by);
  if (code_of(bound) == errc::wrong_state)
    bound = co_await bind_once(std::move(m), std::move(by));
  co_return bound;
}

task<result<done>> accounts_state::bind_once(bind_own_phone m, verified_phone by) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{m.user});
  if (!found)
    co_return std::move(found.error());
  storage::bind_phone command{.id = m.user,
                              .phone = std::move(by.phone),
                              .replaces = found->phone,
                              .proof = proof_of(m.family),
                              .now = clock_(),
                              .code = use_of(by.ticket),
                              .from = source_of(m.client)};
  // Nobody has a test number, or somebody whom it does not concern.
  if (!found->phone.empty() && found->phone != command.phone
      && !config_.test_numbers.contains(found->phone))
    command.notice = notice_to(*found);
  const bool tells_old_number = command.notice.has_value();
  auto bound = co_await ask(peers_.users, config_.request_timeout, std::move(command));
  if (bound && tells_old_number)
    tell(peers_.sms, outbox_changed{1});
  co_return bound;
}

storage::sms_message accounts_state::notice_to(const storage::user& user) {
  const auto number = parse_phone("phone", user.phone, "", phone_rule::possible);
  new_message message;
  auto& row = message.row;
  row.phone = user.phone;
  row.purpose = purpose_notice;
  row.template_name =
      user.email.empty() ? "notice_without_email" : template_of(purpose_notice);
  if (number) {
    row.country_prefix = number->country_prefix;
    row.region = number->region;
  }
  row.account = user.id;
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

task<result<storage::user>> accounts_state::find_with_phone(user_id user) {
  auto found =
      co_await ask(peers_.users, config_.request_timeout, storage::find_user{user});
  if (found && found->phone.empty())
    co_return errc::no_phone;
  co_return found;
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
  auto matched = co_await try_own_password(
      session_rules(config_.log_ins, m.client, m.family, *found), !found->phone.empty(),
      {password, found->password_hash, m.password == password ? "" : m.password,
       m.client.address});
  if (!matched) {
    if (matched.error().code == errc::wrong_credentials)
      note_failure(storage::audit_kind::step_up_failed, "password", m.user, m.client);
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
  auto found = co_await find_with_phone(m.user);
  if (!found)
    co_return std::move(found.error());
  auto rules = session_code_rules(config_.log_ins, m.client, m.family, *found);
  const bool has_password = !found->password_hash.empty();
  check_code tried{std::move(found->phone), std::string{purpose_step_up}, m.code,
                   m.client, m.user};
  auto proved = co_await by_counted_code(std::move(rules), std::move(tried), std::move(m),
                                         &accounts_state::prove);
  if (code_of(proved) == errc::rate_limited && has_password)
    proved.error().proofs = {"password"};
  co_return proved;
}

task<result<done>> accounts_state::prove(step_up m, verified_phone by) {
  if (by.done_before)
    co_return done{};
  co_return co_await ask(peers_.users, config_.request_timeout,
                         storage::prove_session{.user = m.user,
                                                .family = m.family,
                                                .now = clock_(),
                                                .code = use_of(by.ticket),
                                                .from = source_of(m.client)});
}

task<result<code_sent>> accounts_state::send_own(send_own_code m) {
  if (m.purpose == purpose_bind_phone) {
    if (auto proved = co_await find_proof(m.user, m.family); !proved)
      co_return std::move(proved.error());
  } else {
    auto found = co_await find_with_phone(m.user);
    if (!found)
      co_return std::move(found.error());
    m.phone = std::move(found->phone);
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
  std::vector<rate_rule> rules{{"export.day|" + std::to_string(m.user),
                                config_.exports_day, limit_rule::exports_day}};
  if (auto counted = co_await count(std::move(rules)); !counted)
    co_return std::move(counted.error());
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

/// The account of the phone, if it knows this browser. Looked for in the same way
/// whatever is entered.
task<storage::user> accounts_state::owner_at(client_info client, std::string phone) {
  const auto number =
      parse_phone("phone", phone, config_.default_region, phone_rule::possible);
  if (client.device.empty() || !number)
    co_return storage::user{};
  auto found = co_await ask(peers_.users, config_.request_timeout,
                            storage::find_user_by_phone{number->e164});
  if (!found || !is_known_browser(client, *found))
    co_return storage::user{};
  co_return std::move(*found);
}

/// The new password is hashed before anything is known about code and phone: whatever is
/// wrong with them, the answer comes after the same work. The permit, which only a
/// success gives back, keeps strangers from ordering that work without end.
task<result<password_reset>> accounts_state::start_reset(reset_password m) {
  field_report report;
  m.code = report.take(parse_typed_code("code", m.code));
  m.password = report.take(check_password("password", m.password, config_.passwords));
  if (!report.ok())
    co_return report.error();
  const auto owner = co_await owner_at(m.client, m.phone);
  auto permits = co_await count(reset_rules(config_.log_ins, m.client, owner));
  if (!permits)
    co_return std::move(permits.error());
  auto hash = co_await hash_new(m.client.address, m.password, {});
  result<reset_account> set{errc::internal};
  if (hash) {
    check_code tried{m.phone, std::string{purpose_reset_password}, m.code, m.client};
    set = co_await by_code(std::move(tried), hashed_reset{m, std::move(*hash)},
                           &accounts_state::set_password_of);
  } else {
    set = std::move(hash.error());
  }
  if (code_of(set) == errc::user_not_found) {
    note_failure(storage::audit_kind::password_reset_failed, "code", 0, m.client);
    set = errc::wrong_code;
  }
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
  (void)co_await regardless_of_deadline(spread(std::move(set->set.families)));
  password_reset answer{.banned = set->set.banned, .has_email = set->has_email};
  // Another one may have come behind the reset that is answered again.
  if (set->done_before)
    co_return answer;
  auto known = co_await ask(peers_.sessions, config_.request_timeout,
                            know_browser{set->user, m.client.device, set->set.epoch});
  if (known)
    answer.device = std::move(known->device);
  co_return answer;
}

task<result<accounts_state::reset_account>>
accounts_state::set_password_of(hashed_reset m, verified_phone by) {
  const auto& client = m.asked.client;
  auto found = co_await ask(peers_.users, config_.request_timeout,
                            storage::find_user_by_phone{std::move(by.phone)});
  if (!found)
    co_return std::move(found.error());
  const bool has_email = !found->email.empty();
  if (by.done_before)
    co_return reset_account{found->id, has_email, {{}, {}, found->banned}, true};
  // Behind the code: whose words those are is told to nobody else.
  auto judged = co_await judge(client.address, m.asked.password, words_of(*found));
  if (!judged)
    co_return std::move(judged.error());
  auto set = co_await ask(peers_.users, config_.request_timeout,
                          storage::set_password{.id = found->id,
                                                .password_hash = std::move(m.hash),
                                                .expected = {},
                                                .now = clock_(),
                                                .code = use_of(by.ticket),
                                                .phone = found->phone,
                                                .from = source_of(client)});
  if (!set)
    co_return std::move(set.error());
  co_return reset_account{found->id, has_email, std::move(*set)};
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
