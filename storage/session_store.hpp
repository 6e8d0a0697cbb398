#pragma once

#include "storage/code_store.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// One log-in: every refresh token that descends from it belongs to its family. The row
/// is the truth about rotation and revocation; memory and Redis only spread it (B3).
struct session_family {
  std::string id; ///< Random, 128 bit, base64url.
  user_id user = 0;
  std::int64_t generation = 0; ///< The number of the refresh token that is current.
  wall_time rotated_at{};      ///< When the current generation was made.
  wall_time expires_at{};      ///< Of the current refresh token.
  wall_time revoked_at{};      ///< The epoch = not revoked.
  /// When a token of the current generation was first shown; the epoch = never.
  wall_time shown_at{};
};

/// What showing a refresh token does to its family.
enum class rotation : std::uint8_t {
  rotated,  ///< The shown token was current; its successor now is.
  repeated, ///< Parallel tabs or a lost answer: the successor of what was shown again.
  reused,   ///< A token that was used before: the family is revoked now.
  revoked,  ///< The family was revoked earlier, or never existed.
};

/// The rule alone: decides and changes `family` accordingly. As long as no token of the
/// successor was shown, nobody is known to have it, so the predecessor gives the very
/// same one again: its answer may have been lost. From the first showing of its access or
/// refresh token on the predecessor does so for `grace` (parallel tabs), and counts as
/// reused afterwards. So a thief and the owner of one token, who both go on from it, are
/// told apart when the second of them shows what the first has used.
rotation rotate(session_family& family, std::int64_t shown_generation, wall_time now,
                std::chrono::milliseconds grace, std::chrono::milliseconds lifetime);

/// Fails with `user_not_found`, `wrong_state` where the id is taken, `wrong_code` (see
/// `code_use`).
struct create_family {
  using reply = done;
  static constexpr bool writes = true;
  session_family family;
  std::optional<code_use> code{}; ///< Of a log-in by code.
};
result<done> run(handle& db, const create_family& command);

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
};
result<rotation_outcome> run(handle& db, const rotate_family& command);

/// An access token of this generation was shown: noted where the generation is current
/// and it is the first time. No family is no error.
struct note_family_shown {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  std::int64_t generation = 0;
  wall_time now{};
};
result<done> run(handle& db, const note_family_shown& command);

/// Revoking twice is no error; the first time stays.
struct revoke_family {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  wall_time now{};
};
result<done> run(handle& db, const revoke_family& command);

struct family_list {
  std::vector<session_family> families;
};

/// The families of `user` that this call revoked.
struct revoke_user_families {
  using reply = family_list;
  static constexpr bool writes = true;
  user_id user = 0;
  wall_time now{};
};
result<family_list> run(handle& db, const revoke_user_families& command);

/// Revoked at or after `since`: what a fresh process must know to refuse access tokens
/// that have not run out yet.
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

using session_commands =
    commands<revoked_families, create_family, rotate_family, note_family_shown,
             revoke_family, revoke_user_families, remove_expired_families>;

} // namespace tinybook::storage
