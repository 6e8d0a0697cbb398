#include "actors/accounts/accounts.hpp"

#include "actors/abuse/pass_verdict.hpp"
#include "actors/system/ask.hpp"

#include <utility>

namespace tinybook {

accounts_state::accounts_state(self_pointer<actor_type> self, accounts_config config,
                               accounts_peers peers, std::shared_ptr<const keyring> keys,
                               wall_clock clock, std::shared_ptr<random_source> random)
    : self_(std::move(self)),
      config_(std::move(config)),
      peers_(std::move(peers)),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      failures_at_accounts_(config_.audited_failures),
      other_failures_(config_.audited_failures),
      minute_over_(self_, 1) {}

auto accounts_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) {
        note_left_out_until(wall_time::max());
        self_->quit(caf::exit_reason::user_shutdown);
      },
      [this](const timer_fired& t) {
        if (minute_over_.fired(t))
          note_left_out_until(clock_());
      },
      [this](const sign_up& m) {
        return begin_journey(self_, "sign up", start_sign_up(m));
      },
      [this](const log_in& m) { return begin_journey(self_, "log in", start_log_in(m)); },
      [this](const log_in_by_code& m) {
        return begin_journey(self_, "log in by code", start_log_in_by_code(m));
      },
      [this](const edit_profile& m) {
        return begin_journey(self_, "edit profile", change_profile(m));
      },
      [this](const bind_own_phone& m) {
        return begin_journey(self_, "bind phone", start_bind(m));
      },
      [this](const reset_password& m) {
        return begin_journey(self_, "reset password", start_reset(m));
      },
      [this](const change_password& m) {
        return begin_journey(self_, "change password", start_change(m));
      },
      [this](const step_up& m) {
        return begin_journey(self_, "step up", start_step_up(m));
      },
      [this](const send_own_code& m) {
        return begin_journey(self_, "send own code", send_own(m));
      },
      [this](const delete_account& m) {
        return begin_journey(self_, "delete account", start_deletion(m));
      },
      [this](const begin_export& m) {
        return begin_journey(self_, "begin export", allow_export(m));
      },
      [this](const moderate_account& m) {
        return begin_journey(self_, "moderate", moderate(m));
      },
      [this](const note_operator_act& m) {
        return begin_journey(
            self_, "note act",
            ask_as_task(peers_.users, config_.request_timeout,
                        storage::note_audit{{.at = clock_(),
                                             .kind = storage::audit_kind::operator_acted,
                                             .from = m.from,
                                             .detail = m.detail}}));
      },
  };
}

task<result<accounts_state::permit_keys>>
accounts_state::count(std::vector<rate_rule> rules) {
  auto taken =
      co_await acquire_permits(peers_.limiter, config_.request_timeout, std::move(rules));
  if (taken)
    co_return std::move(taken->keys);
  ++limited_;
  co_return std::move(taken.error());
}

task<result<signed_up>> accounts_state::start_sign_up(sign_up m) {
  field_report report;
  const auto email = report.take(check_email("email", m.email));
  const auto password =
      report.take(check_password("password", m.password, config_.passwords));
  // However each of the two was composed.
  const auto again =
      check_password("confirmPassword", m.confirm_password, config_.passwords);
  if (m.confirm_password != m.password && (!again || *again != password))
    report.note(field_error{"confirmPassword", field_rule::mismatch});
  if (!report.ok())
    co_return report.error();
  auto permits = co_await count(
      sign_up_rules(config_.sign_ups_per_address, config_.log_ins.networks, m.client));
  if (!permits)
    co_return std::move(permits.error());
  verdict_question question{
      .what = verdict_question::about::sign_up, .client = m.client, .email = email};
  auto passed = co_await pass_verdict(peers_.verdicts, config_.request_timeout,
                                      std::move(question));
  if (!passed) {
    if (passed.error().code != errc::verdict_denied)
      release_permits(peers_.limiter, std::move(*permits));
    co_return std::move(passed.error());
  }
  auto hash = co_await hash_new(m.client.address, password, {.email = email});
  if (!hash) {
    // Nothing was told about the e-mail; but what a stranger may order has a bound.
    if (hash.error().code != errc::invalid_field)
      release_permits(peers_.limiter, std::move(*permits));
    co_return std::move(hash.error());
  }
  auto created = co_await ask(
      peers_.users, config_.request_timeout,
      storage::create_user{email, std::move(*hash), clock_(), source_of(m.client)});
  if (!created)
    co_return std::move(created.error());
  ++signed_up_;
  co_return signed_up{created->id};
}

task<result<done>> accounts_state::change_profile(edit_profile m) {
  const auto now = clock_();
  // Where it is the latest on earth (UTC+14): nobody is refused their own today.
  const std::chrono::year_month_day today{
      std::chrono::floor<std::chrono::days>(now + std::chrono::hours{14})};
  field_report report;
  storage::edit_user command;
  command.id = m.user;
  if (m.nickname)
    command.nickname = report.take(check_nickname("nickname", *m.nickname));
  if (m.birthday)
    command.birthday = m.birthday->empty()
                           ? "" // Clears it.
                           : report.take(check_birthday("birthday", *m.birthday, today));
  if (m.about_me)
    command.about_me = report.take(check_about_me("aboutMe", *m.about_me));
  command.now = now;
  if (!report.ok())
    co_return report.error();
  std::vector<rate_rule> rules{{"edit.hour|" + std::to_string(m.user), config_.edits_hour,
                                limit_rule::edits_hour}};
  auto permits = co_await count(std::move(rules));
  if (!permits)
    co_return std::move(permits.error());
  auto edited = co_await ask(peers_.users, config_.request_timeout, std::move(command));
  // Where nobody knows whether it was written, it counts.
  if (!edited && edited.error().code != errc::deadline_exceeded)
    release_permits(peers_.limiter, std::move(*permits));
  co_return edited;
}

actor_status accounts_state::status() const {
  actor_status out{{{"signed_up", static_cast<double>(signed_up_)},
                    {"logged_in", static_cast<double>(logged_in_)},
                    {"wrong_credentials", static_cast<double>(wrong_credentials_)},
                    {"limited", static_cast<double>(limited_)},
                    {"rehashed", static_cast<double>(rehashed_)},
                    {"passwords_reset", static_cast<double>(passwords_reset_)},
                    {"passwords_changed", static_cast<double>(passwords_changed_)},
                    {"step_ups", static_cast<double>(step_ups_)},
                    {"deletions_asked", static_cast<double>(deletions_)}},
                   {}};
  self_.running->add_gauges(out);
  return out;
}

} // namespace tinybook
