#include "storage/sqlite/folder.hpp"

#include "storage/support/private_file.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto lock_name = "tinybook.lock";

failure system_failure(const std::filesystem::path& path, std::string_view what,
                       int error) {
  if (error == ELOOP)
    return {errc::unavailable,
            path.string() + ' ' + std::string(what)
                + ": it is a symbolic link, and none is followed in a data folder"};
  const auto full = error == ENOSPC || error == EDQUOT;
  return {full ? errc::storage_full : errc::unavailable,
          path.string() + ' ' + std::string(what) + ": "
              + std::generic_category().message(error)};
}

std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

/// Only for the error message of the next process; the lock itself does not need it.
void write_holder(int descriptor) {
  const auto pid = std::to_string(::getpid()) + '\n';
  if (::ftruncate(descriptor, 0) == 0)
    static_cast<void>(::pwrite(descriptor, pid.data(), pid.size(), 0) > 0);
}

/// A link there would lead what root writes to another file.
int open_own(const std::filesystem::path& file) {
  return ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                S_IRUSR | S_IWUSR);
}

} // namespace

result<done> make_folder(const std::filesystem::path& wanted, std::string_view setting) {
  // "data/" would name an entry of that folder.
  const auto folder = wanted.has_filename() ? wanted : wanted.parent_path();
  const auto called = setting.empty() ? std::string{} : '(' + std::string{setting} + ") ";
  std::error_code error;
  if (std::filesystem::is_directory(folder, error))
    return done{};
  if (std::filesystem::exists(folder, error))
    return failure(errc::unavailable, folder.string() + ' ' + called + "is not a folder");
  if (folder.has_parent_path())
    std::filesystem::create_directories(folder.parent_path(), error);
  if (!error && ::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    error.assign(errno, std::generic_category());
  if (error)
    return system_failure(folder, called + "cannot be made", error.value());
  return done{};
}

folder_access access_to(const std::filesystem::path& folder, uid_t user) {
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0)
    return folder_access::own;
  return access_by(about.st_mode, about.st_uid, user);
}

result<done> check_private(const std::filesystem::path& folder, uid_t user) {
  if (access_to(folder, user) != folder_access::others)
    return done{};
  return failure{
      errc::unavailable,
      folder.string()
          + " belongs to another user, or others may write into it: what is in "
            "it could be replaced (chown, chmod 700)"};
}

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  if (auto made = make_folder(folder); !made)
    return made.error();
  const auto file = folder / lock_name;
  folder_lock lock(open_own(file));
  if (lock.descriptor_ < 0)
    return system_failure(file, "cannot be opened", errno);
  give_to_owner_of(folder, lock.descriptor_);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) {
    write_holder(lock.descriptor_);
    return lock;
  }
  if (errno != EWOULDBLOCK)
    return system_failure(file, "cannot be locked", errno);
  return failure(errc::unavailable,
                 folder.string() + " (storage.path) is in use by "
                     + holder_of(lock.descriptor_)
                     + ": only one tinybook can use a data folder at a time");
}

folder_lock::folder_lock(folder_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

folder_lock::~folder_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::string folder_holder(const std::filesystem::path& folder) {
  const auto file = folder / lock_name;
  const auto fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about {};
  const bool there = fd >= 0 && ::fstat(fd, &about) == 0;
  auto holder = there ? holder_of(fd) : std::string{};
  if (fd >= 0)
    ::close(fd);
  if (!there)
    return {};
  // `1: FLOCK  ADVISORY  WRITE 17 fe:00:4711 0 EOF`: the device of a layered file system
  // is another one than stat tells, so the process decides together with the inode.
  const auto inode = ':' + std::to_string(about.st_ino) + ' ';
  std::ifstream locks{"/proc/locks"};
  for (std::string line; std::getline(locks, line);)
    if (line.find("FLOCK") != std::string::npos && line.find(inode) != std::string::npos
        && holder.starts_with("process ")
        && line.find(' ' + holder.substr(8) + ' ') != std::string::npos)
      return holder;
  return {};
}

result<done> prepare_file(const std::filesystem::path& file) {
  const auto fd = open_own(file);
  if (fd < 0)
    return system_failure(file, "cannot be written", errno);
  static_cast<void>(::fchmod(fd, S_IRUSR | S_IWUSR) == 0);
  give_to_owner_of(file.parent_path(), fd);
  const bool synced = ::fsync(fd) == 0;
  const auto why = errno;
  ::close(fd);
  if (!synced)
    return system_failure(file, "cannot be brought to the disk", why);
  // A new file's name is durable only once its folder is synced.
  static_cast<void>(sync_path(file.parent_path()));
  return done{};
}

} // namespace tinybook::storage::sqlite
