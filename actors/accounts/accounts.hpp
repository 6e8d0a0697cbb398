#pragma once

#include "actors/accounts/login_limits.hpp"
#include "actors/accounts/messages.hpp"
#include "actors/codes/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "config/settings.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/validate.hpp"
#include "storage/user_store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tinybook {

struct accounts_config {
  config::password_settings passwords;
  login_limits log_ins;
  rate_limit sign_ups_per_address;
  std::chrono::milliseconds request_timeout{0};
  /// For a password hash, its wait in the queue included.
  std::chrono::milliseconds hash_timeout{0};
  /// How long an answer waits for the code cache to know of a used code.
  std::chrono::milliseconds settle_timeout{std::chrono::seconds{1}};
};

/// Whom the accounts actor asks.
struct accounts_peers {
  store_address<user_store_actor> users;
  address<password_hasher_actor> hasher;
  address<sessions_actor> sessions;
  address<verification_actor> verification;
  address<rate_limiter_actor> limiter;
};

/// Sign-up, log-in, passwords, phone, profile. A code is used up in the transaction of
/// what it was entered for, the last step of it that can fail. Holds nothing but
/// counters; a crash answers what is under way with `unavailable`, loses the permits of
/// those log-ins to their window, and leaves codes that were entered to the end of their
/// hold.
class accounts_state {
 public:
  using actor_type = accounts_actor;

  accounts_state(self_pointer<actor_type> self, accounts_config config,
                 accounts_peers peers, std::shared_ptr<const keyring> keys,
                 wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  struct signing_up;
  struct logging_in;
  struct resetting;
  struct changing;

  caf::result<signed_up> start_sign_up(const sign_up& m);
  void hash_new_password(const std::shared_ptr<signing_up>& s);
  void create(const std::shared_ptr<signing_up>& s, std::string hash);

  caf::result<token_pair> start_log_in(const log_in& m);
  void take_login_permits(const std::shared_ptr<logging_in>& l);
  void compare_password(const std::shared_ptr<logging_in>& l);
  void compared(const std::shared_ptr<logging_in>& l, result<password_matched> matched);
  void renew_hash(const storage::user& user, const std::string& password);

  caf::result<token_pair> start_log_in_by_code(const log_in_by_code& m);
  void claim_phone(const verified_phone& verified, const std::string& device,
                   const pending_reply<token_pair>& reply);

  /// Tells the code cache what became of a code that was entered, by what the store said
  /// of the transaction that uses it up; calls `then` once it knows or does not answer.
  /// Where nobody knows whether that was committed, the hold runs out.
  template <class T>
  void settle(const std::optional<code_ticket>& ticket, const result<T>& stored,
              std::function<void()> then);

  caf::result<done> start_bind(const bind_own_phone& m);

  caf::result<done> start_reset(const reset_password& m);
  void hash_for_reset(const std::shared_ptr<resetting>& r);
  void check_reset_code(const std::shared_ptr<resetting>& r);
  void find_reset_account(const std::shared_ptr<resetting>& r);
  void reset(const std::shared_ptr<resetting>& r, user_id user);
  void stored_reset(const std::shared_ptr<resetting>& r,
                    result<storage::family_list> revoked);
  void refuse_reset(const std::shared_ptr<resetting>& r, failure why);

  caf::result<token_pair> start_change(const change_password& m);
  void find_for_change(const std::shared_ptr<changing>& c);
  void take_change_permits(const std::shared_ptr<changing>& c,
                           const std::string& account);
  void compare_old_password(const std::shared_ptr<changing>& c);
  void hash_changed_password(const std::shared_ptr<changing>& c);
  void store_changed_password(const std::shared_ptr<changing>& c, std::string hash);
  void changed(const std::shared_ptr<changing>& c, storage::family_list revoked);

  /// Calls `then` when the ingress refuses the tokens of `revoked`, or does not answer.
  void spread(storage::family_list revoked, std::function<void()> then);

  caf::result<profile> show_profile(const get_profile& m);
  caf::result<done> change_profile(const edit_profile& m);

  [[nodiscard]] std::string account_key(const std::string& email) const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  accounts_config config_;
  accounts_peers peers_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::uint64_t signed_up_ = 0;
  std::uint64_t logged_in_ = 0;
  std::uint64_t wrong_credentials_ = 0;
  std::uint64_t limited_ = 0;
  std::uint64_t rehashed_ = 0;
  std::uint64_t passwords_reset_ = 0;
  std::uint64_t passwords_changed_ = 0;
};

} // namespace tinybook
