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
};

/// What showing a refresh token does to its family.
enum class rotation : std::uint8_t {
  rotated,  ///< The shown token was current; its successor now is.
  repeated, ///< Parallel tabs or a lost answer within the grace: the same successor
            ///< again.
  reused,   ///< A token that was used before: the family is revoked now.
  revoked,  ///< The family was revoked earlier, or never existed.
};

/// The rule alone: decides and changes `family` accordingly. `grace` is how long after a
/// rotation the predecessor still gives the same successor; once the successor itself was
/// shown, the predecessor is two generations old and counts as reused.
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

/// Revoking twice is no error; the first time stays.
struct revoke_family {
  using reply = done;
  static constexpr bool writes = true;
  std::string id;
  wall_time now{};
};

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

/// Revoked at or after `since`: what a fresh process must know to refuse access tokens
/// that have not run out yet.
struct revoked_families {
  using reply = family_list;
  static constexpr bool writes = false;
  wall_time since{};
};

struct removed_count {
  std::int64_t rows = 0;
};

/// Deletes at most `limit` families whose refresh token ran out before `before`.
struct remove_expired_families {
  using reply = removed_count;
  static constexpr bool writes = true;
  wall_time before{};
  std::int64_t limit = 1000;
};

class session_store {
 public:
  virtual ~session_store() = default;
  virtual result<done> run(const create_family&) = 0;
  virtual result<rotation_outcome> run(const rotate_family&) = 0;
  virtual result<done> run(const revoke_family&) = 0;
  virtual result<family_list> run(const revoke_user_families&) = 0;
  virtual result<family_list> run(const revoked_families&) = 0;
  virtual result<removed_count> run(const remove_expired_families&) = 0;
};

} // namespace tinybook::storage
