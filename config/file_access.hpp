#pragma once

#include <sys/types.h>

#include <string_view>

namespace tinybook {

/// The keys of a replica that shares none, in its `storage.path`.
inline constexpr std::string_view own_keys_file = "keys.json";

/// Whether a file of secrets is open to more than its reader. One that root owns may be
/// read by its group, too: that is how Kubernetes and systemd hand secrets to a process
/// with a user of its own, and what PostgreSQL takes as private.
[[nodiscard]] bool is_open_to_others(mode_t mode, uid_t owner, uid_t reader);

} // namespace tinybook
