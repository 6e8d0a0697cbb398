#pragma once

#include "actors/accounts/fair_sampler.hpp"
#include "actors/accounts/login_limits.hpp"
#include "actors/accounts/messages.hpp"
#include "actors/codes/code_entry.hpp"
#include "actors/codes/messages.hpp"
#include "actors/codes/rate_permits.hpp"
#include "actors/interfaces.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/account_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/session_store.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"
#include "storage/support/validate.hpp"
#include "storage/user_store.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct accounts_config {
  config::password_settings passwords;
  /// No password is to be made of them: of the program, and hosts that it is known by.
  std::vector<std::string> site_names{};
  login_limits log_ins;
  rate_limit sign_ups_per_address;
  default_timeout request_timeout{};
  /// For a password hash, its wait in the queue included.
  default_timeout hash_timeout{};
  std::chrono::milliseconds step_up{std::chrono::minutes{10}}; ///< `accounts.step_up`
  std::chrono::milliseconds delete_grace{std::chrono::hours{168}};
  rate_limit exports_day{};
  rate_limit edits_hour{};
  sampler_bounds audited_failures{}; ///< `audit.failures_per_…`
  std::string default_region{};      ///< Of typed phones without a country prefix.
  test_number_map test_numbers{};    ///< They get no notice.
  /// Within which the notice to a replaced number is worth sending.
  std::chrono::milliseconds notice_lifetime{std::chrono::hours{24}};
  /// How long an answer waits for the code cache to know of a used code.
  std::chrono::milliseconds settle_timeout{std::chrono::seconds{1}};
};

/// Whom the accounts actor asks.
struct accounts_peers {
  store_address<identity_store_actor> users;
  address<password_hasher_actor> hasher;
  address<sessions_actor> sessions;
  address<verification_actor> verification;
  address<rate_limiter_actor> limiter;
  address<outbox_watcher_actor> sms; ///< Is told of a notice in the outbox.
  std::optional<address<verdict_hook_actor>> verdicts{};
};

/// Sign-up, log-in, changes of passwords, phone and profile. A code is used up in the
/// transaction of what it was entered for, the last step of it that can fail. Holds
/// counters, and answers that may be asked for twice; a crash forgets those, answers what
/// is under way with `unavailable`, loses the permits of those log-ins to their window,
/// and leaves codes that were entered to the end of their hold.
class accounts_state {
 public:
  using actor_type = accounts_actor;

  accounts_state(self_pointer<actor_type> self, accounts_config config,
                 accounts_peers peers, std::shared_ptr<const keyring> keys,
                 wall_clock clock, std::shared_ptr<random_source> random);

  actor_type::behavior_type make_behavior();

 private:
  // The journeys.
  task<result<signed_up>> start_sign_up(sign_up m);
  task<result<token_pair>> start_log_in(log_in m);
  task<result<token_pair>> start_log_in_by_code(log_in_by_code m);
  task<result<done>> start_bind(bind_own_phone m);
  task<result<password_reset>> start_reset(reset_password m);
  task<storage::user> owner_at(client_info client, std::string phone);
  task<result<token_pair>> start_change(change_password m);
  task<result<done>> change_profile(edit_profile m);
  task<result<done>> start_step_up(step_up m);
  task<result<code_sent>> send_own(send_own_code m);
  task<result<done>> start_deletion(delete_account m);
  task<result<done>> allow_export(begin_export m);
  task<result<done>> moderate(moderate_account m);

  // Their steps.
  using permit_keys = std::vector<std::string>;

  /// Keys of what was counted but for good; a success, and what is ours to blame, gives
  /// them back.
  task<result<permit_keys>> count(std::vector<rate_rule> rules);
  /// A try at a password within `rules`; `wrong_credentials` where it does not match.
  task<result<password_matched>> try_password(std::vector<rate_rule> rules,
                                              match_password tried);
  /// The same of the owner of a session, who may be told what helps beyond a limit.
  task<result<password_matched>> try_own_password(std::vector<rate_rule> rules,
                                                  bool has_phone, match_password tried);
  /// What a log-in by code that was sent again has opened before.
  task<result<token_pair>> find_opened(std::string phone, client_info client);
  /// Whose password it is to be, as far as that is known.
  struct whose_words {
    std::string email{};
    std::string nickname{};
    std::string phone{};
  };
  static whose_words words_of(const storage::user& user) {
    return {user.email, user.nickname, user.phone};
  }
  /// The hash of a password that is not guessed too soon, made in the turn of `address`.
  task<result<std::string>> hash_new(std::string address, std::string password,
                                     whose_words whose);
  task<result<done>> judge(std::string address, std::string password, whose_words whose);
  task<result<done>> renew_hash(storage::user user, std::string address,
                                std::string password);
  /// What a code is entered for: takes what the journey is about, and what the check
  /// found. It is to use the code up in its last step that can fail.
  template <class Done, class Message>
  using code_act = task<result<Done>> (accounts_state::*)(Message, verified_phone);
  /// Checks a code, does what it was entered for, and tells the code cache how that
  /// ended; a wrong code goes into the trail.
  template <class Done, class Message>
  task<result<Done>> by_code(check_code tried, Message m, code_act<Done, Message> act);
  /// Counts wrong codes against `rules`.
  template <class Message>
  task<result<done>> by_counted_code(std::vector<rate_rule> rules, check_code tried,
                                     Message m, code_act<done, Message> act);

  // What codes are entered for.
  task<result<token_pair>> open_for_phone(log_in_by_code m, verified_phone by);
  task<result<done>> bind(bind_own_phone m, verified_phone by);
  task<result<done>> prove(step_up m, verified_phone by);
  struct hashed_reset {
    reset_password asked;
    std::string hash;
  };
  struct reset_account {
    user_id user = 0;
    bool has_email = false;
    storage::password_set set; ///< Not yet told to the sessions.
    bool done_before = false;  ///< By the very same request.
  };
  /// Fails with `user_not_found`.
  task<result<reset_account>> set_password_of(hashed_reset m, verified_phone by);

  /// `wrong_state` where the stored phone changed under it.
  task<result<done>> bind_once(bind_own_phone m, verified_phone by);
  /// What tells the present phone of `user`, which is replaced, of it.
  [[nodiscard]] storage::sms_message notice_to(const storage::user& user);
  [[nodiscard]] result<std::string> known_password(std::string_view field,
                                                   const std::string& typed) const;
  task<result<done>> step_up_by_password(step_up m);
  task<result<done>> step_up_by_code(step_up m);
  /// What the session of `family` must show: a proof that is young enough.
  [[nodiscard]] storage::step_up_proof proof_of(std::string family) const;
  /// Fails with `step_up_required` where it cannot.
  task<result<done>> find_proof(user_id user, std::string family);
  /// The account of `user`, which has a phone; fails with `no_phone`.
  task<result<storage::user>> find_with_phone(user_id user);
  /// At an account, or at none from a network: the one that is set.
  struct failure_key {
    storage::audit_kind kind;
    user_id user = 0;
    std::string network{};

    auto operator<=>(const failure_key&) const = default;
  };
  using failure_sampler = fair_sampler<failure_key>;

  /// Enters a try that failed into the trail, behind the answer, unless there are too
  /// many: nobody can tell from the answer whose account it is, if anybody's.
  void note_failure(storage::audit_kind kind, std::string how, user_id user,
                    const client_info& client, std::string phone = {});
  void note_wrong_code(const check_code& tried);
  /// Enters how many failures a minute that is over has left out, each where it was.
  void note_left_out(const failure_sampler::left_out& ended, storage::audit_kind kind);
  /// Of the minutes that are over at `now`; a stop ends the last one.
  void note_left_out_until(wall_time now);
  /// At the account that has `phone`, or at none.
  task<result<done>> note_failure_at_phone(storage::audit_event event, std::string phone);
  void sample_failure(storage::audit_event event);
  void enter_failure(storage::audit_event event);
  /// `wrong_state` where the stored hash changed under it.
  task<result<storage::password_set>> change_once(change_password m,
                                                  std::string as_typed);

  /// Tells the code cache what became of a code that was entered, by how the transaction
  /// that uses it up ended; ends once it knows or does not answer. Where nobody knows
  /// whether that was committed, the hold runs out.
  task<done> settle(std::optional<code_ticket> ticket, errc ended);

  /// Ends when the ingress refuses the tokens of `revoked`, or does not answer.
  task<done> spread(std::vector<storage::session_family> revoked);

  [[nodiscard]] std::string account_key(const std::string& email) const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  accounts_config config_;
  accounts_peers peers_;
  std::shared_ptr<const keyring> keys_;
  wall_clock clock_;
  std::shared_ptr<random_source> random_;
  // Apart, so that who fails at many phones or at accounts that are not there hides
  // nobody's guesses at those that are.
  failure_sampler failures_at_accounts_;
  failure_sampler other_failures_;
  timer minute_over_; ///< Armed while a sampler has something to tell.
  std::uint64_t signed_up_ = 0;
  std::uint64_t logged_in_ = 0;
  std::uint64_t wrong_credentials_ = 0;
  std::uint64_t limited_ = 0;
  std::uint64_t rehashed_ = 0;
  std::uint64_t passwords_reset_ = 0;
  std::uint64_t passwords_changed_ = 0;
  std::uint64_t step_ups_ = 0;
  std::uint64_t deletions_ = 0;
};

} // namespace tinybook
