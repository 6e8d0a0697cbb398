#pragma once

#include "storage/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tinybook {

/// The content of a private file; nothing when it is absent.
/// Errors (errc::internal, naming the file): open to others (`is_open_to_others`), too
/// large, unreadable.
[[nodiscard]] result<std::optional<std::string>>
read_private_file(const std::filesystem::path& file,
                  std::size_t max_bytes = std::size_t{64} * 1024);

/// Root gives an open file to whoever owns `like`: what it makes among the files of a
/// server's user is that user's.
void give_to_owner_of(const std::filesystem::path& like, int descriptor);

/// Brings a file, or the names in a folder, to the disk; false, with errno, where that
/// fails.
[[nodiscard]] bool sync_path(const std::filesystem::path& path);

enum class if_present : std::uint8_t { replace, keep };

/// Writes a file with mode 0600, of whose it was or whose folder it is in, so that a
/// crash at any moment leaves either the old content or the whole new one: temporary
/// file, fsync, rename, fsync of the folder. False when the file was there and `keep` was
/// asked for.
[[nodiscard]] result<bool> write_private_file(const std::filesystem::path& file,
                                              std::string_view content,
                                              if_present present = if_present::replace);

} // namespace tinybook
