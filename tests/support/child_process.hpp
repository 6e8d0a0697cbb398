#pragma once

#include <sys/types.h>

namespace tinybook::test {

/// A process that was started here and is one alone: what is done to it by its id. For
/// servers to derive from; they kill it in their destructor, before its folder goes.
class child_process {
 public:
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// In order, by SIGTERM. Like `kill_hard` it returns when the process is gone.
  void stop();
  void kill_hard();
  /// SIGSTOP: connections stand, nothing is answered.
  void freeze();
  void thaw();

 protected:
  child_process() = default;
  ~child_process() = default;

  pid_t pid_ = -1; ///< -1 = none.

 private:
  void end(int signal);
};

} // namespace tinybook::test
