#pragma once

#include "tests/actors/support/identity_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

inline const std::string her_phone = "13800138000";
inline const std::string other_phone = "13800138009";

/// Ann with a password and a phone, whose session is an hour old.
struct step_up_world : identity_world {
  step_up_world() {
    start_all();
    ann = call(accounts, sign_up{"ann@example.org", "password", "password", client_at()})
              ->user;
    stores->users.at(0).phone = "+8613800138000";
    home = session_of(ann);
    advance(1h, 1h);
  }

  std::string send(const std::string& purpose, const std::string& phone,
                   user_id account) {
    REQUIRE(
        call(verification, send_code{phone, purpose, client_at(), language::zh, account})
            .ok());
    return last_code();
  }
  errc bind(const std::string& code, user_id user, const std::string& family) {
    return code_of(
        call(accounts, bind_own_phone{user, family, other_phone, code, client_at()}));
  }
  errc prove(const std::string& password, const std::string& code = {}) {
    return code_of(call(accounts, step_up{ann, home, password, code, client_at()}));
  }
  errc change_without_old() {
    return code_of(
        call(accounts, change_password{ann, home, {}, "new password", client_at()}));
  }
  errc send_own(const std::string& purpose, const std::string& phone = {}) {
    return code_of(
        call(accounts, send_own_code{ann, home, purpose, phone, client_at(), {}}));
  }
  /// What the same form is answered each time.
  std::vector<password_reset> reset_twice(const std::string& code) {
    auto client = client_at();
    client.once = "one form";
    std::vector<password_reset> answers;
    for (int i = 0; i < 2; ++i) {
      const auto set =
          call(accounts, reset_password{her_phone, code, "another one", client});
      REQUIRE(set.ok());
      answers.push_back(*set);
    }
    return answers;
  }
  bool proved() {
    return stores->run(storage::find_proof{ann, {home, now() - 10min}}).ok();
  }

  /// The accounts actor anew, with `account_settings` but for these bounds of the trail.
  void audit_failures(sampler_bounds bounds) {
    kill(accounts);
    account_settings.audited_failures = bounds;
    start_accounts();
  }

  user_id ann = 0;
  std::string home;
};

} // namespace tinybook::test
