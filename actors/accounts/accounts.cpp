#include "actors/accounts/accounts.hpp"

#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook {

accounts_state::accounts_state(self_pointer<actor_type> self, accounts_config config,
                               accounts_peers peers, std::shared_ptr<const keyring> keys,
                               wall_clock clock)
    : self_(std::move(self)),
      config_(config),
      peers_(std::move(peers)),
      keys_(std::move(keys)),
      clock_(std::move(clock)) {}

auto accounts_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const sign_up& m) { return start_sign_up(m); },
      [this](const log_in& m) { return start_log_in(m); },
      [this](const log_in_by_code& m) { return start_log_in_by_code(m); },
      [this](const get_profile& m) { return show_profile(m); },
      [this](const edit_profile& m) { return change_profile(m); },
      [this](const bind_own_phone& m) { return start_bind(m); },
      [this](const reset_password& m) { return start_reset(m); },
      [this](const change_password& m) { return start_change(m); },
  };
}

struct accounts_state::signing_up {
  pending_reply<signed_up> reply;
  std::string email;
  std::string password;
  std::vector<std::string> permits{};
};

caf::result<signed_up> accounts_state::start_sign_up(const sign_up& m) {
  field_report report;
  auto email = report.take(check_email("email", m.email));
  auto password = report.take(check_password("password", m.password, config_.passwords));
  // However each of the two was composed.
  const auto again =
      check_password("confirmPassword", m.confirm_password, config_.passwords);
  if (m.confirm_password != m.password && (!again || *again != password))
    report.note(field_error{"confirmPassword", field_rule::mismatch});
  if (!report.ok())
    return to_error(report.error());
  auto s = std::make_shared<signing_up>(
      signing_up{pending_reply<signed_up>{self_}, std::move(email), std::move(password)});
  std::vector<rate_rule> rules{
      {"signup.address|" + m.client.address, config_.sign_ups_per_address}};
  acquire_permits(self_, peers_.limiter, s->reply.within(config_.request_timeout),
                  std::move(rules), [this, s](result<std::vector<std::string>> permits) {
                    if (!permits) {
                      ++limited_;
                      return s->reply(std::move(permits.error()));
                    }
                    s->permits = std::move(*permits);
                    hash_new_password(s);
                  });
  return s->reply.promise();
}

void accounts_state::hash_new_password(const std::shared_ptr<signing_up>& s) {
  ask(self_, peers_.hasher, s->reply.within(config_.hash_timeout),
      make_password_hash{std::move(s->password)},
      [this, s](result<password_hash_made> made) {
        if (made)
          return create(s, std::move(made->hash));
        // Ours to blame, and nothing was told about the e-mail.
        release_permits(peers_.limiter, std::move(s->permits));
        s->reply(std::move(made.error()));
      });
}

void accounts_state::create(const std::shared_ptr<signing_up>& s, std::string hash) {
  ask(self_, peers_.users, s->reply.within(config_.request_timeout),
      storage::create_user{s->email, std::move(hash), clock_()},
      [this, s](result<storage::user> created) {
        if (!created)
          return s->reply(std::move(created.error()));
        ++signed_up_;
        s->reply(signed_up{created->id});
      });
}

caf::result<profile> accounts_state::show_profile(const get_profile& m) {
  pending_reply<profile> reply{self_};
  ask(self_, peers_.users, reply.within(config_.request_timeout),
      storage::find_user{m.user}, [reply](result<storage::user> found) {
        if (!found)
          return reply(std::move(found.error()));
        reply(profile{std::move(found->email), std::move(found->phone),
                      std::move(found->nickname), std::move(found->birthday),
                      std::move(found->about_me)});
      });
  return reply.promise();
}

caf::result<done> accounts_state::change_profile(const edit_profile& m) {
  auto now = clock_();
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
    return to_error(report.error());
  pending_reply<done> reply{self_};
  ask_into(self_, peers_.users, reply.within(config_.request_timeout), std::move(command),
           reply);
  return reply.promise();
}

actor_status accounts_state::status() const {
  return {{{"signed_up", static_cast<double>(signed_up_)},
           {"logged_in", static_cast<double>(logged_in_)},
           {"wrong_credentials", static_cast<double>(wrong_credentials_)},
           {"limited", static_cast<double>(limited_)},
           {"rehashed", static_cast<double>(rehashed_)},
           {"passwords_reset", static_cast<double>(passwords_reset_)},
           {"passwords_changed", static_cast<double>(passwords_changed_)}},
          {}};
}

} // namespace tinybook
