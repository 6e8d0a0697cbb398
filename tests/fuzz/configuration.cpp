#include "config/loader.hpp"
#include "tests/fuzz/target.hpp"

#include <sys/mman.h>

#include <string>
#include <unistd.h>

namespace tinybook::fuzz {

namespace {

/// A file in memory.
class memory_file {
 public:
  explicit memory_file(std::string_view content)
      : fd_(::memfd_create("configuration", MFD_CLOEXEC)) {
    expect(fd_ >= 0, "there is memory for a file");
    expect(::write(fd_, content.data(), content.size())
               == static_cast<ssize_t>(content.size()),
           "the file is written");
  }
  ~memory_file() { ::close(fd_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  [[nodiscard]] std::string path() const {
    return "/proc/self/fd/" + std::to_string(fd_);
  }

 private:
  int fd_;
};

config::load_result load_text(std::string_view text) {
  const memory_file file{text};
  return config::load({.file = file.path(), .environment = {}, .assignments = {}});
}

} // namespace

void configuration(std::string_view input) {
  const auto loaded = load_text(input);
  for (const auto& error : loaded.errors)
    expect(!error.text().empty(), "an error says something");
}

} // namespace tinybook::fuzz
