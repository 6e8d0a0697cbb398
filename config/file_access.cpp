#include "config/file_access.hpp"

#include <sys/stat.h>

namespace tinybook {

bool is_open_to_others(mode_t mode, uid_t owner, uid_t reader) {
  const bool mounted = owner == 0 && reader != 0;
  return (mode & (S_IRWXO | (mounted ? S_IWGRP | S_IXGRP : S_IRWXG))) != 0;
}

} // namespace tinybook
