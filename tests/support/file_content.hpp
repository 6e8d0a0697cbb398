#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tinybook::test {

/// All of a file, byte by byte; empty where it cannot be read.
[[nodiscard]] inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace tinybook::test
