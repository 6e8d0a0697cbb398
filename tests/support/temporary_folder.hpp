#pragma once

#include "storage/support/random.hpp"

#include <filesystem>
#include <system_error>

namespace tinybook::test {

/// A path of its own below the system's folder for temporary files; what was put there is
/// removed with the object.
class temporary_folder {
 public:
  temporary_folder() {
    system_random random;
    path_ = std::filesystem::temp_directory_path() / ("tinybook-" + random_id(random, 8));
    std::filesystem::create_directory(path_);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

} // namespace tinybook::test
