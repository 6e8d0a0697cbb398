#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::storage {

/// One log-in: every refresh token that descends from it belongs to its family. The row
/// is the source of truth for rotation and revocation; memory and Redis only cache it.
struct session_family {
  std::string id; ///< Random, 128 bit, base64url.
  user_id user = 0;
  std::int64_t generation = 0; ///< The number of the refresh token that is current.
  wall_time rotated_at{};      ///< When the current generation was made.
  wall_time expires_at{};      ///< Of the current refresh token.
  wall_time revoked_at{};      ///< The epoch = not revoked.
  /// When a token of the current generation was first shown; the epoch = never.
  wall_time shown_at{};
  /// Of the log-in; the epoch = before that was kept.
  wall_time created_at{};
  std::string device{};  ///< In words, such as `Firefox, Windows`; empty = not told.
  std::string network{}; ///< Where it was last used from, masked; empty = not known.
  /// When its owner last proved who they are; the epoch = before that was kept.
  wall_time proved_at{};
};

/// What changes how an account is entered asks for it (`shared_steps.hpp`): the session
/// whose owner has proved who they are since then.
struct step_up_proof {
  std::string family;
  wall_time since{};
};

/// Changes with the password: device cookies of another one are void.
struct device_epoch {
  std::int64_t number = 0;
};

struct family_list {
  std::vector<session_family> families;
};

/// What showing a refresh token does to its family.
enum class rotation : std::uint8_t {
  rotated,  ///< The shown token was current; its successor now is.
  repeated, ///< Parallel tabs or a lost answer: its successor is given once more.
  reused,   ///< A token that was used before: the family is revoked now.
  revoked,  ///< The family was revoked earlier, or never existed.
};

/// The rule itself, without a database: decides, and changes `family` accordingly. As
/// long as no token of the successor was shown, nobody is known to have it, so the
/// predecessor gives the very same one again: its answer may have been lost. From the
/// first showing of its access or refresh token on the predecessor does so for `grace`
/// (parallel tabs), and counts as reused afterwards. So a thief and the owner of one
/// token, who both go on from it, are told apart when the second of them shows what the
/// first has used.
/// A family ends `absolute` after its log-in, however often it is rotated (0 = never),
/// and counts as revoked then; where its log-in is not known, after its next rotation.
rotation rotate(session_family& family, std::int64_t shown_generation, wall_time now,
                std::chrono::milliseconds grace, std::chrono::milliseconds lifetime,
                std::chrono::milliseconds absolute = {});

/// When a refresh token of a family that began at `created_at` ends.
[[nodiscard]] wall_time end_of_token(wall_time created_at, wall_time now,
                                     std::chrono::milliseconds lifetime,
                                     std::chrono::milliseconds absolute);

} // namespace tinybook::storage
