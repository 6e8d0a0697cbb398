#include "http/app/signals.hpp"

#include <pthread.h>

namespace tinybook::http {

signal_gate::signal_gate() {
  sigemptyset(&signals_);
  for (int s : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals_, s);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  // A peer that goes away is an error of the write, not the end of the process.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

std::optional<signal_gate::request>
signal_gate::wait(std::chrono::milliseconds bound) const {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(bound);
  timespec left{};
  left.tv_sec = seconds.count();
  left.tv_nsec = std::chrono::nanoseconds{bound - seconds}.count();
  switch (sigtimedwait(&signals_, nullptr, &left)) {
  case SIGTERM:
  case SIGINT:
    return request::stop;
  case SIGHUP:
    return request::reload;
  default:
    return std::nullopt;
  }
}

} // namespace tinybook::http
