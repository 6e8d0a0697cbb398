#pragma once

#include "tests/support/spawned_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::test {

/// A real redis-server on a free port of 127.0.0.1, in a temporary folder of its own;
/// killed with this object. Every function returns when it is done (a server that is
/// started answers) and throws `std::runtime_error` where it cannot be.
class redis_server : public spawned_server {
 public:
  struct options {
    /// Of the default user; also what this class itself logs in with.
    std::string password{};
    /// Further arguments, one word each: `{"--maxmemory", "64mb"}`.
    std::vector<std::string> words{};
    /// Each write is on disk before it is answered, so that `restart` finds it again.
    bool persistent = false;
  };

  redis_server() : redis_server(options{}) {}
  explicit redis_server(options o);
  ~redis_server();

  /// Whether the program is installed.
  [[nodiscard]] static bool installed();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Again on the same port; without persistence it is empty then.
  void start();
  void restart() {
    stop();
    start();
  }
  /// FLUSHALL.
  void flush();

  /// What a plain command answers, as text; lists one item a line.
  std::string command(const std::vector<std::string>& words);

 private:
  [[nodiscard]] bool answers();

  options options_;
  temporary_folder folder_;
  std::uint16_t port_ = 0;
};

} // namespace tinybook::test
