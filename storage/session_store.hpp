#pragma once

#include "storage/audit_event.hpp"
#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tinybook::storage {

struct opened_family {
  device_epoch epoch; ///< Of the account.
  std::vector<session_family>
      ended; ///< Over the bound: those that were used longest ago.
  /// Nothing was opened: the account's deletion was asked for, and is to be taken back
  /// with it (`restore_account`).
  bool leaving = false;
  bool banned = false; ///< The account is.
};

/// A log-in. Fails with `user_not_found` (also where the grace of its deletion is over),
/// `account_banned` where it opens nothing for who is banned, `wrong_state` where the id
/// is taken, `wrong_credentials` where the password has changed since it was looked at,
/// `wrong_code` (see `code_use`).
struct create_family {
  using reply = opened_family;
  static constexpr bool writes = true;
  session_family family;
  std::optional<code_use> code{};   ///< Of a log-in by code.
  std::int64_t max_of_user = 1'000; ///< Families that a person may have at once.
  /// Of the account when its password was looked at; none where a code is the proof.
  std::optional<device_epoch> seen{};
  /// When the session of who is banned ends; none: there is none for them.
  std::optional<wall_time> until_if_banned{};
};
result<opened_family> run(handle& db, const create_family& command);

/// Those of `user` that can still be used, the last used one first.
struct list_user_families {
  using reply = family_list;
  static constexpr bool writes = false;
  user_id user = 0;
  wall_time now{};
};
result<family_list> run(handle& db, const list_user_families& command);

struct phone_use {
  bool verified = false; ///< A code of it was ever entered (`code_use`).
  bool in_network = false;
};

/// What is known of a phone whose code somebody in `network` asks for: `in_network` where
/// its account has a session that can be used, and was last, from there
/// (`session_family::network`); never where that is empty.
struct find_phone_use {
  using reply = phone_use;
  static constexpr bool writes = false;
  std::string phone;
  std::string network{};
  wall_time now{};
};
result<phone_use> run(handle& db, const find_phone_use& command);

/// A family, how it was opened, and the epoch of its account as of now.
struct known_family : session_family {
  device_epoch epoch;
  bool banned = false;   ///< Its log-in was that of who is banned; it stays of its kind.
  bool restored = false; ///< Its log-in took the deletion of the account back.
};

/// Fails with `token_revoked` where there is none.
struct find_family {
  using reply = known_family;
  static constexpr bool writes = false;
  std::string id;
};
result<known_family> run(handle& db, const find_family& command);

struct rotation_outcome {
  rotation what = rotation::revoked;
  session_family family; ///< After the rotation.
};

/// Applies `rotate` to the stored family in one transaction.
struct rotate_family {
  using reply = rotation_outcome;
  static constexpr bool writes = true;
  std::string id;
  std::int64_t shown_generation = 0;
  wall_time now{};
  std::chrono::milliseconds grace{};
  std::chrono::milliseconds lifetime{};
  std::chrono::milliseconds absolute{}; ///< See `rotate`.
  std::string network{};                ///< Where from; empty leaves what there is.
  std::string device{};                 ///< In words, for the trail where it is reused.
};
result<rotation_outcome> run(handle& db, const rotate_family& command);

/// An access token of this generation was shown: noted the first time, while the
/// generation is current. A missing family is no error.
struct note_family_shown {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  std::int64_t generation = 0;
  wall_time now{};
};
result<done> run(handle& db, const note_family_shown& command);

/// A log-out. Revoking twice is no error; the first time stays.
struct revoke_family {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  wall_time now{};
  audit_source from{};
};
result<done> run(handle& db, const revoke_family& command);

/// One of `user`'s own; another one than that of the proof only with a proof. Ending one
/// that has ended is no error. Fails with `session_not_found` where they have had none
/// such, `step_up_required`, `token_revoked`.
struct revoke_own_family {
  using reply = done;
  static constexpr bool writes = true;
  user_id user = 0;
  std::string id;
  step_up_proof proof;
  wall_time now{};
  audit_source from{};
};
result<done> run(handle& db, const revoke_own_family& command);

/// All of `user` but that of the proof; returns those that this call revoked. Fails with
/// `step_up_required`, `token_revoked`.
struct revoke_other_families {
  using reply = family_list;
  static constexpr bool writes = true;
  user_id user = 0;
  step_up_proof proof;
  wall_time now{};
  audit_source from{};
};
result<family_list> run(handle& db, const revoke_other_families& command);

/// The owner of this session has proved who they are: by their password, whose account
/// had the epoch `seen` then, or by a code. Fails with `token_revoked`,
/// `wrong_credentials`, `wrong_code` (see `code_use`).
struct prove_session {
  using reply = done;
  static constexpr bool writes = true;
  user_id user = 0;
  std::string family;
  wall_time now{};
  std::optional<device_epoch> seen{};
  std::optional<code_use> code{};
  audit_source from{};
};
result<done> run(handle& db, const prove_session& command);

/// Whether `user` has a proof. Fails with `step_up_required`, `token_revoked`,
/// `user_not_found`.
struct find_proof {
  using reply = done;
  static constexpr bool writes = false;
  user_id user = 0;
  step_up_proof proof;
};
result<done> run(handle& db, const find_proof& command);

/// Revoked at or after `since`: what a process must know at its start to refuse access
/// tokens that have not run out yet.
struct revoked_families {
  using reply = family_list;
  static constexpr bool writes = false;
  wall_time since{};
};
result<family_list> run(handle& db, const revoked_families& command);

/// Deletes at most `limit` families whose refresh token ran out before `before`.
struct remove_expired_families {
  using reply = removed_count;
  static constexpr bool writes = true;
  wall_time before{};
  std::int64_t limit = 1000;
};
result<removed_count> run(handle& db, const remove_expired_families& command);

/// The statements over one person's living sessions, which must not walk over all that
/// have ended: for the test of their plans.
[[nodiscard]] std::span<const char* const> statements_of_living_sessions();

struct session_commands
    : commands<revoked_families, create_family, rotate_family, note_family_shown,
               find_family, revoke_family, remove_expired_families, list_user_families,
               revoke_own_family, revoke_other_families, prove_session, find_proof> {};

} // namespace tinybook::storage
