#pragma once

#include "actors/accounts/client_info.hpp"
#include "actors/accounts/password_strength.hpp"
#include "actors/codes/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <optional>
#include <string>

namespace tinybook {

struct token_pair; ///< actors/sessions/messages.hpp

struct signed_up {
  user_id user = 0;
};

/// Fails with `invalid_field`, `email_taken`, `rate_limited`, `overloaded`,
/// `verdict_denied`.
struct sign_up {
  using reply = signed_up;
  std::string email;
  std::string password;
  std::string confirm_password;
  client_info client;
};

/// Fails with `wrong_credentials` (an unknown e-mail alike, after the same work),
/// `rate_limited`, `overloaded`; with `invalid_field` for what no account can have.
struct log_in {
  using reply = token_pair;
  std::string email;
  std::string password;
  client_info client;
};

/// Log-in by a code that was sent before; makes the account on first use. Fails with
/// `invalid_field`, `wrong_code`, `too_many_tries`.
struct log_in_by_code {
  using reply = token_pair;
  std::string phone; ///< As typed.
  std::string code;
  client_info client;
};

/// Changes what is given; an empty birthday or about-me clears it, a nickname cannot be
/// empty. Fails with `invalid_field` that names each refused field and its rule.
struct edit_profile {
  using reply = done;
  user_id user = 0;
  std::optional<std::string> nickname{};
  std::optional<std::string> birthday{};
  std::optional<std::string> about_me{};
};

/// Gives the logged-in account the phone that the code was sent to (purpose
/// `bind_phone`), which it has asked for itself. A number that is replaced gets a notice.
/// Fails with `invalid_field`, `step_up_required`, `wrong_code`, `too_many_tries`,
/// `phone_taken`.
struct bind_own_phone {
  using reply = done;
  user_id user = 0;
  std::string family; ///< The session of who asks, as in all that needs a step-up.
  std::string phone;  ///< As typed.
  std::string code;
  client_info client;
};

struct password_reset {
  bool banned = false; ///< The account is, so that a log-in is of little use.
  /// The account has, so that the new password is good for a log-in.
  bool has_email = false;
  /// For the cookie `tb_device`: the browser that it was set in is known since, as no
  /// other. Empty where it could not be made, and where the reset is answered again.
  std::string device{};
};

/// A new password for the account of a phone, proven by a code of purpose
/// `reset_password`; revokes all its sessions before the answer. A phone without an
/// account is answered like a wrong code, after the same work. Fails with
/// `invalid_field`, `wrong_code`, `too_many_tries`, `rate_limited` (failures count with
/// the log-in failures of the address), `overloaded`.
struct reset_password {
  using reply = password_reset;
  std::string phone; ///< As typed.
  std::string code;
  std::string password;
  client_info client;
};

/// Changes the password of the logged-in account, proven by the old one or, without it,
/// by a step-up; revokes all its sessions and opens a new one for who asked. Fails with
/// `invalid_field`, `wrong_credentials`, `step_up_required`, `rate_limited` (its wrong
/// tries count as log-in failures), `overloaded`.
struct change_password {
  using reply = token_pair;
  user_id user = 0;
  std::string family;
  std::string old_password; ///< Empty = not given.
  std::string password;
  client_info client;
};

/// The owner of a session proves once more who they are: by the password or by a code
/// (purpose `step_up`) that was sent to the phone of the account. Fails with
/// `invalid_field`, `wrong_credentials`, `wrong_code`, `too_many_tries`, `rate_limited`
/// (wrong passwords count as log-in failures), `overloaded`.
struct step_up {
  using reply = done;
  user_id user = 0;
  std::string family;
  std::string password; ///< Empty = by the code.
  std::string code;     ///< As typed.
  client_info client;
};

/// Sends a code that concerns the account of who asks: to its own phone (`step_up`), or
/// to one that is to become its own (`bind_phone`), which needs a step-up. Fails as
/// `send_code`, with `step_up_required`, and with `no_phone`.
struct send_own_code {
  using reply = code_sent;
  user_id user = 0;
  std::string family;
  std::string purpose;
  std::string phone; ///< As typed; empty = that of the account.
  client_info client;
  std::optional<language> lang{};
};

/// A person takes their data: enters that into the trail, where they may. Fails with
/// `step_up_required`.
struct begin_export {
  using reply = done;
  user_id user = 0;
  std::string family;
  client_info client;
};

/// Deletes the account after a grace in which a log-in takes it back: at once all its
/// sessions end and its articles are hidden. Fails with `step_up_required`.
struct delete_account {
  using reply = done;
  user_id user = 0;
  std::string family;
  client_info client;
};

/// An operator bans an account or lifts its ban. Fails with `user_not_found`,
/// `wrong_state`.
struct moderate_account {
  using reply = done;
  user_id user = 0;
  bool ban = true;
  storage::audit_source from; ///< With the operator's name and reason.
};

/// Enters into the audit trail what an operator is about to do that no transaction of the
/// database tells of.
struct note_operator_act {
  using reply = done;
  storage::audit_source from; ///< With the operator's name and reason.
  std::string detail;         ///< What, in words of ours.
};

struct password_hash_made {
  std::string hash;
};

/// Argon2id off the scheduler, as the two that follow. `address` is that of who asks
/// (`client_info::address`): the addresses take turns. Fails with `overloaded` when the
/// queue is full.
struct make_password_hash {
  using reply = password_hash_made;
  std::string password;
  std::string address{};
};

/// Whether `password` may be chosen (`too_guessable`). Fails with `invalid_field` where
/// it is guessed too soon, `overloaded`.
struct judge_password {
  using reply = done;
  std::string password;
  guess_bounds bounds;
  std::string address{};
};

struct password_matched {
  bool matches = false;
  bool needs_rehash = false;
};

/// With an empty `hash` it does the same work on a hash that nothing matches. Hashes from
/// before passwords had one form were made `as_typed`: where that is given (for it
/// differs) it is tried, too, and matches as one that needs a new hash.
struct match_password {
  using reply = password_matched;
  std::string password;
  std::string hash;
  std::string as_typed{};
  std::string address{};
};

} // namespace tinybook
