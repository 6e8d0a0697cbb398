#pragma once

#include <sys/types.h>

#include <string>

namespace tinybook::bench {

/// A bare HTTP server in a process of its own, so that it takes no time of the process
/// measured, like a real provider: reads each POST and answers 200. Ends with this
/// object.
class sink_server {
 public:
  /// For up to `connections` at a time. Forks: make it before the first thread.
  explicit sink_server(int connections);
  ~sink_server();
  sink_server(const sink_server&) = delete;
  sink_server& operator=(const sink_server&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/send";
  }

 private:
  pid_t child_ = -1;
  int keep_ = -1; ///< The server serves until this end is closed.
  int port_ = 0;
};

} // namespace tinybook::bench
