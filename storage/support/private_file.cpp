#include "storage/support/private_file.hpp"

#include "config/file_access.hpp"
#include "storage/support/random.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace tinybook {

namespace {

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

/// Removes the temporary file on every way out.
class temporary {
 public:
  explicit temporary(std::filesystem::path path) : path_(std::move(path)) {}
  temporary(const temporary&) = delete;
  temporary& operator=(const temporary&) = delete;
  ~temporary() { ::unlink(path_.c_str()); }
  [[nodiscard]] const char* c_str() const { return path_.c_str(); }

 private:
  std::filesystem::path path_;
};

failure trouble(const std::filesystem::path& file, std::string_view what) {
  return {errc::internal, file.string() + ": " + std::string(what)};
}

failure system_trouble(const std::filesystem::path& file, std::string_view what,
                       int error) {
  auto failed =
      trouble(file, std::string(what) + ": " + std::generic_category().message(error));
  if (error == ENOSPC || error == EDQUOT)
    failed.code = errc::storage_full;
  return failed;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

result<std::string> read_all(const std::filesystem::path& file, int fd,
                             std::size_t max_bytes) {
  std::string content;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return system_trouble(file, "cannot be read", errno);
    if (got == 0)
      return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes)
      return trouble(file, "is larger than such a file can be");
  }
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// 0, or the error. Not replacing an existing file needs support of the file system;
/// elsewhere the last writer wins, which only matters to two first starts at the same
/// moment.
int put_in_place(const char* from, const std::filesystem::path& to, if_present present) {
  if (present == if_present::keep) {
    if (::renameat2(AT_FDCWD, from, AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
      return 0;
    if (errno != EINVAL && errno != ENOSYS)
      return errno;
  }
  return ::rename(from, to.c_str()) == 0 ? 0 : errno;
}

} // namespace

void give_to_owner_of(const std::filesystem::path& like, int descriptor) {
  struct stat about {};
  if (::geteuid() == 0 && ::stat(like.c_str(), &about) == 0 && about.st_uid != 0)
    static_cast<void>(::fchown(descriptor, about.st_uid, about.st_gid) == 0);
}

bool sync_path(const std::filesystem::path& path) {
  const descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return opened.ok() && ::fsync(opened.get()) == 0;
}

result<std::optional<std::string>> read_private_file(const std::filesystem::path& file,
                                                     std::size_t max_bytes) {
  const descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.ok()) {
    if (errno == ENOENT)
      return std::optional<std::string>();
    return system_trouble(file, "cannot be opened", errno);
  }
  struct stat about {};
  if (::fstat(opened.get(), &about) != 0)
    return system_trouble(file, "cannot be looked at", errno);
  if (!S_ISREG(about.st_mode))
    return trouble(file, "is not a regular file");
  if (is_open_to_others(about.st_mode, about.st_uid, ::geteuid()))
    return trouble(file, "holds secrets but is open to others than its owner: chmod 600");
  auto content = read_all(file, opened.get(), max_bytes);
  if (!content)
    return content.error();
  return std::optional(std::move(*content));
}

result<bool> write_private_file(const std::filesystem::path& file,
                                std::string_view content, if_present present) {
  system_random random;
  auto name = file;
  name += ".tmp-" + random_id(random, 8);
  const temporary draft(name);
  {
    const descriptor opened(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                   S_IRUSR | S_IWUSR));
    if (!opened.ok())
      return system_trouble(file, "cannot be created", errno);
    std::error_code unknown;
    give_to_owner_of(std::filesystem::exists(file, unknown) ? file : folder_of(file),
                     opened.get());
    if (!write_all(opened.get(), content) || ::fsync(opened.get()) != 0)
      return system_trouble(file, "cannot be written", errno);
  }
  const auto error = put_in_place(draft.c_str(), file, present);
  if (error == EEXIST && present == if_present::keep)
    return false;
  if (error != 0)
    return system_trouble(file, "cannot be put in place", error);
  // A rename survives a power cut only once the folder is synced, where that is possible.
  if (!sync_path(folder_of(file)) && errno != EINVAL)
    return system_trouble(file, "its folder cannot be synced", errno);
  return true;
}

} // namespace tinybook
