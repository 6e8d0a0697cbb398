#pragma once

#include "storage/result.hpp"
#include "storage/support/keyring.hpp"

#include <filesystem>
#include <string>

namespace tinybook {

/// Reads `<storage.path>/keys.json`. Errors name the file: absent, open to others than
/// its owner, damaged (a checksum covers the keys), made by a newer version.
[[nodiscard]] result<keyring> load_keyring(const std::filesystem::path& file);

/// Writes `keys` for the owner alone, atomically: a crash leaves the old file or the new.
[[nodiscard]] result<done> save_keyring(const std::filesystem::path& file,
                                        const keyring& keys);

/// Reads the file, or creates it with one fresh key where there is none. Two processes
/// that start at once end with the same keys.
[[nodiscard]] result<keyring> load_or_create_keyring(const std::filesystem::path& file,
                                                     random_source& random);

/// Adds a new current key to the file and returns what it now holds.
[[nodiscard]] result<keyring> rotate_keyring(const std::filesystem::path& file,
                                             random_source& random);

/// Reads a one-line secret such as `admin.token`, or creates it (256 random bits as
/// base64url). The same errors as load_keyring; a secret under 16 characters is refused.
[[nodiscard]] result<std::string> load_or_create_secret(const std::filesystem::path& file,
                                                        random_source& random);

} // namespace tinybook
