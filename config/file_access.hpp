#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace tinybook {

/// The keys of a replica that shares none, in its `storage.path`.
inline constexpr std::string_view own_keys_file = "keys.json";

/// Whether a file of secrets is open to more than its reader. One that root owns may be
/// read by its group, too: that is how Kubernetes and systemd hand secrets to a process
/// with a user of its own, and what PostgreSQL takes as private.
[[nodiscard]] bool is_open_to_others(mode_t mode, uid_t owner, uid_t reader);

/// Who may put files into a folder beside its user, and root.
enum class folder_access : std::uint8_t {
  own,    ///< Nobody, or it is not there.
  group,  ///< Its group, as of volumes that containers are given.
  others, ///< Everybody, or another user to whom it belongs.
};
[[nodiscard]] folder_access access_by(mode_t mode, uid_t owner, uid_t user);

} // namespace tinybook
