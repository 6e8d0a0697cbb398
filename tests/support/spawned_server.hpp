#pragma once

#include <sys/types.h>

namespace tinybook::test {

/// A server that is a single process, and what is done to it by its id. For the classes
/// of servers to derive from; they kill it in their destructor, before their folder goes.
class spawned_server {
 public:
  spawned_server(const spawned_server&) = delete;
  spawned_server& operator=(const spawned_server&) = delete;

  /// In order, by SIGTERM. Like `kill_hard` it returns when the process is gone.
  void stop();
  void kill_hard();
  /// SIGSTOP: connections stand, nothing is answered.
  void freeze();
  void thaw();

 protected:
  spawned_server() = default;
  ~spawned_server() = default;

  pid_t pid_ = -1; ///< -1 = none.

 private:
  void end(int signal);
};

} // namespace tinybook::test
