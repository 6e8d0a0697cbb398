#pragma once

#include "storage/result.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// Whether a file of secrets is open to more than its reader. One that root owns may be
/// read by its group, too: that is how Kubernetes and systemd hand secrets to a process
/// with a user of its own, and what PostgreSQL takes as private.
[[nodiscard]] bool is_open_to_others(mode_t mode, uid_t owner, uid_t reader);

/// The content of a private file; nothing when it is absent.
/// Errors (errc::internal, naming the file): open to others, too large, unreadable.
[[nodiscard]] result<std::optional<std::string>>
read_private_file(const std::filesystem::path& file,
                  std::size_t max_bytes = std::size_t{64} * 1024);

enum class if_present : std::uint8_t { replace, keep };

/// Writes a file with mode 0600 so that a crash at any moment leaves either the old
/// content or the whole new one: temporary file, fsync, rename, fsync of the folder.
/// False when the file was there and `keep` was asked for.
[[nodiscard]] result<bool> write_private_file(const std::filesystem::path& file,
                                              std::string_view content,
                                              if_present present = if_present::replace);

} // namespace tinybook
