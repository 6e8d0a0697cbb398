#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

namespace tinybook::test {

/// What the owner, the group and others may do with a file or a folder.
inline mode_t mode_of(const std::filesystem::path& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

} // namespace tinybook::test
