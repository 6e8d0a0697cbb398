#include "tests/support/spawned_server.hpp"

#include <sys/wait.h>

#include <csignal>

namespace tinybook::test {

void spawned_server::end(int signal) {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

void spawned_server::stop() {
  end(SIGTERM);
}

void spawned_server::kill_hard() {
  end(SIGKILL);
}

void spawned_server::freeze() {
  ::kill(pid_, SIGSTOP);
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}

void spawned_server::thaw() {
  ::kill(pid_, SIGCONT);
}

} // namespace tinybook::test
