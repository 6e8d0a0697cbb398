#pragma once

#include "storage/audit_event.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
#include "storage/sms_message.hpp"
#include "storage/types.hpp"

#include <optional>
#include <string>
#include <vector>

/// Accounts. Every command fails with `unavailable` or `storage_full` where the database
/// does; nothing is half written.
namespace tinybook::storage {

/// An account. E-mail and phone are each unique where present; one of them always is.
struct user {
  user_id id = 0;
  std::string email;         ///< Lower-cased; empty where the account has none.
  std::string phone;         ///< E.164; empty where the account has none.
  std::string password_hash; ///< Argon2id string; empty where no password was set.
  std::string nickname;
  std::string birthday; ///< `YYYY-MM-DD` or empty.
  std::string about_me;
  wall_time created_at{};
  std::int64_t device_epoch = 0; ///< Counts the passwords: device cookies end with each.
  bool banned = false;
};

/// Fails with `email_taken`.
struct create_user {
  using reply = user;
  static constexpr bool writes = true;
  std::string email;
  std::string password_hash;
  wall_time now{};
  audit_source from{};
};
result<user> run(handle& db, const create_user& command);

/// Fails with `user_not_found`.
struct find_user {
  using reply = user;
  static constexpr bool writes = false;
  user_id id = 0;
};
result<user> run(handle& db, const find_user& command);

/// What its owner sees of an account.
struct profile {
  std::string email;
  std::string phone;
  std::string nickname;
  std::string birthday; ///< `YYYY-MM-DD` or empty.
  std::string about_me;
  bool has_password = false;
  wall_time created_at{};
  bool banned = false;
};

/// Fails with `user_not_found`.
struct find_profile {
  using reply = profile;
  static constexpr bool writes = false;
  user_id id = 0;
};
result<profile> run(handle& db, const find_profile& command);

/// Fails with `user_not_found`.
struct find_user_by_email {
  using reply = user;
  static constexpr bool writes = false;
  std::string email;
};
result<user> run(handle& db, const find_user_by_email& command);

/// The account of a phone that was just verified by a code, created on first use. Also
/// notes the phone as verified, in the same transaction.
struct claim_phone_account {
  using reply = user;
  static constexpr bool writes = true;
  std::string phone;
  wall_time now{};
  audit_source from{};
};
result<user> run(handle& db, const claim_phone_account& command);

/// Replaces what is given of the three fields of the profile. A changed nickname bumps
/// the version of each of the author's published articles and writes their events in the
/// same transaction, since the boards show author names. Fails with `user_not_found`.
struct edit_user {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  user_id id = 0;
  std::optional<std::string> nickname{};
  std::optional<std::string> birthday{};
  std::optional<std::string> about_me{};
  wall_time now{};
};
result<done> run(handle& db, const edit_user& command);

/// For hashes that were made with weaker parameters: replaces `expected` only, so that a
/// password changed meanwhile stays. Fails with `wrong_state` where the hash is another
/// or the account is gone.
struct upgrade_password_hash {
  using reply = done;
  static constexpr bool writes = true;
  user_id id = 0;
  std::string expected;
  std::string replacement;
};
result<done> run(handle& db, const upgrade_password_hash& command);

/// Fails with `user_not_found`.
struct find_user_by_phone {
  using reply = user;
  static constexpr bool writes = false;
  std::string phone;
};
result<user> run(handle& db, const find_user_by_phone& command);

/// Gives the account a phone that was just verified by a code, in the place of
/// `replaces`; notes the phone as verified. `notice`, which tells that number of it, is
/// put into the outbox with it, unless one to that number waits there already. Fails with
/// `phone_taken` where another account has the phone, `wrong_state` where the account's
/// is not `replaces`, `step_up_required`, `token_revoked`, `user_not_found`, `wrong_code`
/// (see `code_use`).
struct bind_phone {
  using reply = done;
  static constexpr bool writes = true;
  user_id id = 0;
  std::string phone;
  std::string replaces; ///< Empty = none.
  step_up_proof proof;
  wall_time now{};
  std::optional<code_use> code{};
  std::optional<sms_message> notice{};
  audit_source from{};
};
result<done> run(handle& db, const bind_phone& command);

struct password_set {
  std::vector<session_family> families; ///< That it revoked.
  device_epoch epoch;                   ///< Of the account from now on.
  bool banned = false;                  ///< The account is.
};

/// Sets a new password and revokes every session family of the account, in one
/// transaction; device cookies end, too (`device_epoch`). Returns those families, so that
/// other caches learn of it. It is a reset where `phone` is given, else a change, with
/// the hash that was there or a session's proof. Fails with `user_not_found`;
/// `wrong_state` where `expected` is given and the present hash is another (changed
/// meanwhile); `wrong_code` where the account's phone is not `phone` any more, or see
/// `code_use`; `step_up_required`, `token_revoked`.
struct set_password {
  using reply = password_set;
  static constexpr bool writes = true;
  user_id id = 0;
  std::string password_hash;
  std::optional<std::string> expected;
  wall_time now{};
  std::optional<code_use> code{};
  std::optional<std::string> phone{};
  std::optional<step_up_proof> proof{};
  audit_source from{};
};
result<password_set> run(handle& db, const set_password& command);

struct user_commands
    : commands<find_user, find_profile, find_user_by_email, find_user_by_phone,
               create_user, claim_phone_account, edit_user, upgrade_password_hash,
               bind_phone, set_password> {};

} // namespace tinybook::storage
