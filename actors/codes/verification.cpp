#include "actors/codes/verification.hpp"

#include "actors/abuse/pass_verdict.hpp"
#include "actors/accounts/known_browser.hpp"
#include "actors/codes/code_purposes.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/event_log.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/crypto.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tinybook {

namespace {

/// When to ask again while too many messages wait.
constexpr std::chrono::seconds full_pause{5};
/// By when a commit that had begun before its deadline has come about, or never does.
constexpr std::chrono::seconds late_commit{2};

/// Not behind the point where strangers are refused: nobody would be warned.
double warns_from(const verification_config& config) {
  return std::min(config.sends_alarm, 1 - config.limits.owners_share);
}

} // namespace

verification_state::verification_state(self_pointer<actor_type> self,
                                       verification_config config,
                                       verification_peers peers,
                                       std::shared_ptr<const keyring> keys,
                                       wall_clock clock,
                                       std::shared_ptr<random_source> random)
    : self_(std::move(self)),
      config_(std::move(config)),
      peers_(std::move(peers)),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      guard_(config_.guard, config_.phones.default_region, config_.limits.networks),
      hour_alarm_(config_.limits.all_hour, warns_from(config_)),
      day_alarm_(config_.limits.all_day, warns_from(config_)),
      timer_(self_, 1) {}

auto verification_state::make_behavior() -> actor_type::behavior_type {
  start_journey(self_, "count shares", count_shares());
  // For what an earlier life of this actor has committed and told nobody.
  start_journey(self_, "look later", look_later());
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& t) {
        if (timer_.fired(t))
          start_journey(self_, "count shares", count_shares());
      },
      [this](const send_code& m) { return begin_journey(self_, "send", send(m)); },
      [this](const check_code& m) { return begin_journey(self_, "check", check(m)); },
      [this](const settle_code& m) {
        ++(m.used ? verified_ : released_);
        return begin_journey(self_, "settle",
                             ask_as_task(peers_.codes, config_.request_timeout, m));
      },
      [this](resend_code& m) {
        return begin_journey(self_, "resend", resend(std::move(m)));
      },
      [this](const outbox_full& told) { outbox_full_ = told.full; },
  };
}

task<result<code_sent>> verification_state::send(send_code m) {
  auto phone = parse_typed_phone("phone", m.phone, config_.phones, config_.test_numbers);
  if (!phone)
    co_return std::move(phone.error());
  const auto asker = m.client.asker.empty() ? random_id(*random_) : m.client.asker;
  if (phone->test_code != nullptr)
    co_return code_sent{asker};
  const auto number = std::move(phone->number);
  if (!has_route(number))
    co_return errc::no_sms_route;
  if (outbox_full_)
    co_return failure{errc::overloaded, full_pause};
  // To the phone of the account whose session asks: nobody else can.
  const bool in_session = m.purpose == purpose_step_up && m.account != 0;
  const auto who = co_await who_asks(number.e164, m.client, in_session);
  if (!who)
    co_return who.error();
  if (*who < send_asker::session)
    if (auto passed = pass_guard(number, m.client.address, *who != send_asker::stranger);
        !passed)
      co_return std::move(passed.error());
  auto permits = co_await acquire_permits(peers_.limiter, config_.request_timeout,
                                          send_rules(config_.limits,
                                                     {number, m.client.address, *who},
                                                     config_.phones.default_region));
  if (!permits) {
    ++limited_;
    watch_ceiling_reached(permits.error().rule, *who);
    co_return std::move(permits.error());
  }
  watch_ceilings(permits->uses);
  new_message message;
  auto& row = message.row;
  row.phone = number.e164;
  row.purpose = m.purpose;
  row.country_prefix = number.country_prefix;
  row.region = number.region;
  row.client_address = m.client.address;
  row.code_asker = asker;
  row.account = m.account;
  message.content.lang = m.lang.value_or(language_of(number.country_prefix));
  // Taken before the cache looks at its clock: the message expires first.
  row.expires_at = clock_() + config_.code_lifetime;
  std::optional<verdict_question> question;
  if (peers_.verdicts)
    question = verdict_question{.client = std::move(m.client),
                                .purpose = m.purpose,
                                .phone = number.e164,
                                .country_prefix = number.country_prefix,
                                .region = number.region};
  auto committed = co_await commit(std::move(message), std::move(permits->keys), 0,
                                   std::move(question));
  if (!committed) {
    ++refused_;
    co_return std::move(committed.error());
  }
  ++sent_;
  by_owners_ += is_owner(*who) ? 1U : 0U;
  co_return code_sent{asker};
}

/// No account is looked for where the browser has no name.
task<result<send_asker>>
verification_state::who_asks(std::string phone, client_info client, bool in_session) {
  if (!client.device.empty()) {
    const auto found = co_await ask(peers_.users, config_.request_timeout,
                                    storage::find_user_by_phone{phone});
    if (!found && found.error().code != errc::user_not_found)
      co_return found.error();
    if (found && is_known_browser(client, *found))
      co_return send_asker::known_browser;
  }
  if (in_session)
    co_return send_asker::session;
  const auto use = co_await ask(
      peers_.phones, config_.request_timeout,
      storage::find_phone_use{std::move(phone), std::move(client.network), clock_()});
  if (!use)
    co_return use.error();
  if (use->in_network)
    co_return send_asker::known_network;
  co_return use->verified ? send_asker::verified : send_asker::stranger;
}

void verification_state::watch_ceilings(const std::vector<taken_permits::use>& uses) {
  for (const auto& [name, used] : uses)
    if (name == limit_rule::code_all_hour)
      note_ceiling(hour_alarm_, name, used);
    else if (name == limit_rule::code_all_day)
      note_ceiling(day_alarm_, name, used);
}

/// Whom a ceiling refuses found it used up as far as may be by somebody like them.
void verification_state::watch_ceiling_reached(limit_rule name, send_asker who) {
  const auto note = [&](ceiling_alarm& alarm) {
    const auto part = part_of_ceiling(alarm.ceiling(), config_.limits, who);
    note_ceiling(alarm, name, std::max(part.count, alarm.used(clock_())));
  };
  if (name == limit_rule::code_all_hour)
    note(hour_alarm_);
  else if (name == limit_rule::code_all_day)
    note(day_alarm_);
}

void verification_state::note_ceiling(ceiling_alarm& alarm, limit_rule name,
                                      std::uint32_t used) {
  const auto now = clock_();
  const auto of = alarm.ceiling().count;
  const auto news = alarm.note(used, now);
  if (news == ceiling_news::near) {
    const auto share = std::to_string(used) + " of " + std::to_string(of);
    log_event(config::log_level::warn, "send_ceiling_near",
              {{"rule", name_of(name)},
               {"used", std::to_string(used)},
               {"of", std::to_string(of)}});
    self_.meter->health.note_error(
        "codes: " + share + " of " + std::string{name_of(name)} + " are used up", now);
  }
  if (news == ceiling_news::over)
    self_.meter->health.error_ends(now);
}

void verification_state::show_ceilings(actor_status& to) const {
  const auto now = clock_();
  const auto show = [&](const ceiling_alarm& alarm, const std::string& name) {
    if (alarm.ceiling().off())
      return;
    to.gauges.push_back({name, static_cast<double>(alarm.used(now)),
                         static_cast<double>(alarm.ceiling().count)});
    to.gauges.push_back({name + ".warns_from", static_cast<double>(alarm.threshold())});
    to.gauges.push_back({name + ".alarmed", alarm.alarmed(now) ? 1.0 : 0.0});
  };
  show(hour_alarm_, "ceiling.hour");
  show(day_alarm_, "ceiling.day");
}

task<result<done>> verification_state::commit(new_message message, permit_keys permits,
                                              code_id replaces,
                                              std::optional<verdict_question> question) {
  auto& row = message.row;
  const code_key key{row.phone, row.purpose};
  const auto code = six_digit_code(*random_);
  const auto id = new_code_id();
  const auto hash = hash_code(*keys_, key, code, row.account);
  // One that replaces another takes over its cookie.
  const auto asker = replaces == 0 ? row.code_asker : std::string{};
  auto issued =
      co_await ask(peers_.codes, config_.request_timeout,
                   issue_code{key, {id, hash.hash, hash.key_id, asker}, replaces});
  if (!issued) {
    release_permits(peers_.limiter, std::move(permits));
    co_return std::move(issued.error());
  }
  const bool was_asked = question.has_value();
  if (was_asked) {
    auto passed = co_await pass_verdict(peers_.verdicts, config_.request_timeout,
                                        *std::move(question));
    if (!passed) {
      if (passed.error().code != errc::verdict_denied)
        release_permits(peers_.limiter, std::move(permits));
      withdraw(key, id);
      co_return std::move(passed.error());
    }
  }
  const auto valid = std::chrono::ceil<std::chrono::minutes>(row.expires_at - clock_());
  message.content.parameters = {
      {"code", code},
      {"minutes", std::to_string(std::max(valid, std::chrono::minutes{1}).count())}};
  if (!config_.web_host.empty())
    message.content.parameters["host"] = config_.web_host;
  row.template_name = template_of(key.purpose);
  row.code = id;
  row.code_hash = hash.hash;
  row.code_key_id = hash.key_id;
  message.code_state_to_store = std::move(issued->to_store);
  const auto stored =
      co_await ask(peers_.outbox, config_.request_timeout,
                   submission_of(std::move(message), *keys_, *random_, clock_()));
  const bool may_be_late = code_of(stored) == errc::deadline_exceeded;
  if (!stored && !may_be_late) {
    // Else the endpoint could be asked without end while a message is pending.
    if (!was_asked || stored.error().code != errc::sms_pending)
      release_permits(peers_.limiter, std::move(permits));
    withdraw(key, id);
    co_return stored.error();
  }
  // Whatever is committed verifies, though nobody waits for it any more.
  tell(peers_.codes, confirm_code{key, id});
  tell(peers_.sms, outbox_changed{stored ? 1 : 0});
  if (may_be_late)
    start_journey(self_, "look later", look_later());
  co_return as_done(stored);
}

void verification_state::withdraw(code_key key, code_id id) {
  start_journey(self_, "withdraw",
                ask_as_task(peers_.codes, config_.request_timeout,
                            withdraw_code{std::move(key), id}));
}

task<result<done>> verification_state::look_later() {
  (void)co_await pause(late_commit);
  tell(peers_.sms, outbox_changed{});
  co_return done{};
}

code_id verification_state::new_code_id() {
  std::array<unsigned char, 7> bytes{};
  random_->fill(bytes);
  code_id id = 0;
  for (auto b : bytes)
    id = id << 8 | b;
  constexpr code_id below = (code_id{1} << 53) - 1;
  return 1 + id % below;
}

actor_status verification_state::status() const {
  actor_status shown{{{"sent", static_cast<double>(sent_)},
                      {"resent", static_cast<double>(resent_)},
                      {"refused", static_cast<double>(refused_)},
                      {"limited", static_cast<double>(limited_)},
                      {"by_owners", static_cast<double>(by_owners_)},
                      {"no_route", static_cast<double>(no_route_)},
                      {"verified", static_cast<double>(verified_)},
                      {"let_go", static_cast<double>(released_)},
                      {"tries_while_held", static_cast<double>(held_tries_)},
                      {"wrong", static_cast<double>(wrong_)},
                      {"test_numbers", static_cast<double>(config_.test_numbers.size())}},
                     {{"default_region", config_.phones.default_region},
                      {"phone_metadata",
                       metadata_.library + " of " + format_rfc3339(metadata_.written)}}};
  const std::chrono::duration<double, std::ratio<86400>> age =
      clock_() - metadata_.written;
  shown.gauges.push_back({"phone_metadata_age_days", age.count()});
  self_.running->add_gauges(shown);
  show_ceilings(shown);
  show_guard(shown);
  return shown;
}

} // namespace tinybook
