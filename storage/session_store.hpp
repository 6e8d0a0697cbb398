#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/session_family.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// Changes with the password: device cookies of another one are void.
struct device_epoch {
  std::int64_t number = 0;
};

struct opened_family {
  device_epoch epoch; ///< Of the account.
  std::vector<session_family>
      ended; ///< Over the bound: those that were used longest ago.
};

/// Fails with `user_not_found`, `wrong_state` where the id is taken, `wrong_code` (see
/// `code_use`).
struct create_family {
  using reply = opened_family;
  static constexpr bool writes = true;
  session_family family;
  std::optional<code_use> code{};   ///< Of a log-in by code.
  std::int64_t max_of_user = 1'000; ///< Families that a person may have at once.
};
result<opened_family> run(handle& db, const create_family& command);

/// Fails with `user_not_found`.
struct find_device_epoch {
  using reply = device_epoch;
  static constexpr bool writes = false;
  user_id user = 0;
};
result<device_epoch> run(handle& db, const find_device_epoch& command);

/// Those of `user` that can still be used, the last used one first.
struct list_user_families {
  using reply = family_list;
  static constexpr bool writes = false;
  user_id user = 0;
  wall_time now{};
};
result<family_list> run(handle& db, const list_user_families& command);

/// Fails with `token_revoked` where there is none.
struct find_family {
  using reply = session_family;
  static constexpr bool writes = false;
  std::string id;
};
result<session_family> run(handle& db, const find_family& command);

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

/// Revoking twice is no error; the first time stays.
struct revoke_family {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  wall_time now{};
};
result<done> run(handle& db, const revoke_family& command);

/// One of `user`'s own. Fails with `session_not_found` where it is another's, or ended.
struct revoke_own_family {
  using reply = done;
  static constexpr bool writes = true;
  user_id user = 0;
  std::string id;
  wall_time now{};
};
result<done> run(handle& db, const revoke_own_family& command);

/// The families of `user` that this call revoked.
struct revoke_user_families {
  using reply = family_list;
  static constexpr bool writes = true;
  user_id user = 0;
  wall_time now{};
};
result<family_list> run(handle& db, const revoke_user_families& command);

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

struct session_commands
    : commands<revoked_families, create_family, rotate_family, note_family_shown,
               find_family, revoke_family, revoke_user_families, remove_expired_families,
               find_device_epoch, list_user_families, revoke_own_family> {};

} // namespace tinybook::storage
