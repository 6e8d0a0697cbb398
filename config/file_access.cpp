#include "config/file_access.hpp"

#include <sys/stat.h>

namespace tinybook {

bool is_open_to_others(mode_t mode, uid_t owner, uid_t reader) {
  const bool mounted = owner == 0 && reader != 0;
  return (mode & (S_IRWXO | (mounted ? S_IWGRP | S_IXGRP : S_IRWXG))) != 0;
}

folder_access access_by(mode_t mode, uid_t owner, uid_t user) {
  const bool foreign = owner != 0 && owner != user;
  if (foreign || (mode & S_IWOTH) != 0)
    return folder_access::others;
  return (mode & S_IWGRP) != 0 ? folder_access::group : folder_access::own;
}

} // namespace tinybook
