#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage {

/// One file of a backup, beside its manifest.
struct backup_file {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256; ///< In hexadecimal digits.
};

inline constexpr auto manifest_file = "manifest.json";

/// What `tinybook backup` has made, in its `manifest.json`. It is written last: a folder
/// without one is no backup.
struct backup_manifest {
  std::string made_by; ///< The version of tinybook.
  std::int64_t schema = 0;
  wall_time taken_at{}; ///< What was answered until then is in it.
  std::vector<backup_file> files;

  [[nodiscard]] bool has(std::string_view name) const;
};

/// Sizes and checksums of the files of a backup, which are brought to the disk. Fails
/// with `unavailable` where one cannot be read.
[[nodiscard]] result<std::vector<backup_file>>
describe_files(const std::filesystem::path& folder,
               const std::vector<std::string>& names);

/// Brings the names of the files in it to the disk.
[[nodiscard]] result<done> sync_folder(const std::filesystem::path& folder);

[[nodiscard]] result<done> write_manifest(const std::filesystem::path& folder,
                                          const backup_manifest& manifest);

/// Fails, naming the file, where there is none, where it is damaged or was made by a
/// newer version.
[[nodiscard]] result<backup_manifest> read_manifest(const std::filesystem::path& folder);

/// Whether every file is there as the manifest says, a regular one. Fails, naming the
/// first that is not.
[[nodiscard]] result<done> check_files(const std::filesystem::path& folder,
                                       const backup_manifest& manifest);

} // namespace tinybook::storage
