#include "tests/support/child_process.hpp"

#include <sys/wait.h>

#include <csignal>

namespace tinybook::test {

void child_process::end(int signal) {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

void child_process::stop() {
  end(SIGTERM);
}

void child_process::kill_hard() {
  end(SIGKILL);
}

void child_process::freeze() {
  ::kill(pid_, SIGSTOP);
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}

void child_process::thaw() {
  ::kill(pid_, SIGCONT);
}

} // namespace tinybook::test
