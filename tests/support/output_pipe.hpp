#pragma once

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

/// A pipe to write into, as standard output and standard error often are.
class output_pipe {
 public:
  output_pipe() {
    std::signal(SIGPIPE, SIG_IGN); // As the server does.
    REQUIRE(::pipe2(ends_.data(), O_CLOEXEC) == 0);
  }
  ~output_pipe() {
    close_reader();
    close_writer();
  }
  output_pipe(const output_pipe&) = delete;
  output_pipe& operator=(const output_pipe&) = delete;

  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

  /// Fills the pipe until a write would block.
  void fill() const {
    const int flags = ::fcntl(writer(), F_GETFL);
    ::fcntl(writer(), F_SETFL, flags | O_NONBLOCK);
    const std::string much(4096, '.');
    while (::write(writer(), much.data(), much.size()) > 0) {
    }
    ::fcntl(writer(), F_SETFL, flags);
  }

  /// Reads until what was read ends with `last`, or all writers are gone.
  [[nodiscard]] std::string read_until(std::string_view last) const {
    std::string out;
    std::array<char, 4096> some{};
    while (last.empty() || !out.ends_with(last)) {
      const auto n = ::read(ends_[0], some.data(), some.size());
      if (n <= 0)
        break;
      out.append(some.data(), static_cast<std::size_t>(n));
    }
    return out;
  }
  /// What was written up to now; no more can be written then.
  [[nodiscard]] std::string read_all() {
    close_writer();
    return read_until({});
  }

 private:
  void close_end(std::size_t which) {
    if (const int end = std::exchange(ends_[which], -1); end >= 0)
      ::close(end);
  }

  std::array<int, 2> ends_{-1, -1};
};

} // namespace tinybook::test
