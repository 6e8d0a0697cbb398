#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <functional>
#include <unistd.h>

namespace tinybook::test {

/// A fork that runs a function, which may report through a pipe, and ends with what it
/// returns. Killed and reaped at the latest when the object goes.
class child_process {
 public:
  explicit child_process(const std::function<int(int report)>& body) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::close(ends[0]);
      ::_exit(body(ends[1]));
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() {
    kill();
    ::close(pipe_);
  }

  /// False once the child has ended and all it wrote was read.
  bool read(void* out, std::size_t size) {
    return ::read(pipe_, out, size) == static_cast<ssize_t>(size);
  }

  void kill() {
    if (pid_ > 0)
      ::kill(pid_, SIGKILL);
    wait();
  }

  /// The exit code, or -1 where a signal ended it.
  int wait() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, 0) != pid_)
      return -1;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
  int pipe_ = -1;
};

} // namespace tinybook::test
