#pragma once

#include "config/file_access.hpp"
#include "storage/result.hpp"
#include "storage/support/keyring.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace tinybook {

/// Reads a file of keys (`<storage.path>/keys.json`, or the one that replicas share).
/// Errors name the file: absent, open to others than its owner, damaged (a checksum
/// covers the keys), made by a newer version.
[[nodiscard]] result<keyring> load_keyring(const std::filesystem::path& file);

/// Reads the file, or creates it with one fresh key where there is none. Two processes
/// that start at once end with the same keys.
[[nodiscard]] result<keyring> load_or_create_keyring(const std::filesystem::path& file,
                                                     random_source& random);

/// Writes a new file with one fresh key; an existing file is an error.
[[nodiscard]] result<keyring> create_keyring(const std::filesystem::path& file,
                                             random_source& random);

/// The first step of a rotation: adds a fresh key that is accepted but not used for new
/// things yet, so that no replica meets a key that it does not know. Beyond
/// keyring::max_keys the oldest is dropped. Fails where such a key waits already. Returns
/// what the file now holds.
[[nodiscard]] result<keyring> add_next_key(const std::filesystem::path& file,
                                           random_source& random);

/// The second step, once every replica has the file of the first: the waiting key becomes
/// the current one. Fails where none waits.
[[nodiscard]] result<keyring> promote_next_key(const std::filesystem::path& file);

/// Takes the key `id` out of the file: what it signed or sealed is void from the next
/// start on. Where it is the current one, the key that waits takes its place, or a fresh
/// one. Fails where there is no such key, and names those that there are.
[[nodiscard]] result<keyring> drop_key(const std::filesystem::path& file,
                                       std::string_view id, random_source& random);

/// Reads a one-line secret. The same errors as load_keyring.
[[nodiscard]] result<std::string> load_secret(const std::filesystem::path& file);

/// Reads a one-line secret such as `admin.token`, or creates it (256 random bits as
/// base64url). The same errors as load_keyring; a secret under 16 characters is refused.
[[nodiscard]] result<std::string> load_or_create_secret(const std::filesystem::path& file,
                                                        random_source& random);

} // namespace tinybook
