#pragma once

#include "config/file_access.hpp"
#include "storage/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

namespace tinybook::storage::sqlite {

/// The database in a data folder.
inline constexpr auto database_file = "tinybook.db";

/// Makes a folder (mode 0700) where it is missing; fails with what the operating system
/// says, naming the setting that the folder comes from, if any.
[[nodiscard]] result<done> make_folder(const std::filesystem::path& folder,
                                       std::string_view setting = "storage.path");

/// Who may put files into a folder beside `user`, which is who asks.
[[nodiscard]] folder_access access_to(const std::filesystem::path& folder,
                                      uid_t user = ::geteuid());

/// Fails where `access_to` is `others`: what is in it may be replaced by what they like.
[[nodiscard]] result<done> check_private(const std::filesystem::path& folder,
                                         uid_t user = ::geteuid());

/// Holds a data folder for one process, by a lock on the file `tinybook.lock` in it. The
/// kernel gives the lock back however the process ends.
class folder_lock {
 public:
  /// Makes the folder (mode 0700) if it is missing. Fails with `unavailable`, naming the
  /// process that holds it, and with what the operating system says.
  [[nodiscard]] static result<folder_lock> take(const std::filesystem::path& folder);

  folder_lock(folder_lock&& other) noexcept;
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

 private:
  explicit folder_lock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

/// Which process holds a data folder, such as `process 17`; empty where none does, or the
/// kernel (`/proc/locks`) does not tell. Takes no lock, which could refuse a server that
/// starts just then.
[[nodiscard]] std::string folder_holder(const std::filesystem::path& folder);

/// Makes an empty file with mode 0600 if it is missing, closes an existing one to others,
/// and makes sure that it can be written and is on the disk. Root gives it to the owner
/// of its folder; a symbolic link is refused. SQLite gives its side files the same mode.
[[nodiscard]] result<done> prepare_file(const std::filesystem::path& file);

} // namespace tinybook::storage::sqlite
