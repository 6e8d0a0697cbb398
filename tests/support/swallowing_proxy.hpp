#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::test {

/// A TCP proxy on a free port of 127.0.0.1 in front of a server on another one: a network
/// that hangs or breaks, on demand. A connection that has lost a byte stays dead, for TCP
/// never leaves out some bytes and delivers later ones.
class swallowing_proxy {
 public:
  /// `target` may be set later, before the first connection.
  explicit swallowing_proxy(std::uint16_t target = 0);
  ~swallowing_proxy();
  swallowing_proxy(const swallowing_proxy&) = delete;
  swallowing_proxy& operator=(const swallowing_proxy&) = delete;

  void set_target(std::uint16_t port) { target_ = port; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Bytes go through; connections that swallowed some stay silent.
  void pass() { mode_ = mode::passes; }
  /// Connections stay open and new ones are accepted, but no byte gets through either
  /// way.
  void swallow() { mode_ = mode::swallows; }
  /// All connections are closed, new ones at once.
  void cut() { mode_ = mode::cuts; }

 private:
  enum class mode : std::uint8_t { passes, swallows, cuts };
  /// One connection: both ends, or only the client's if it was swallowed from its start.
  struct pair {
    int ends[2] = {-1, -1};
    bool dead = false; ///< Lost a byte.
    bool over = false;
  };

  void serve();
  void accept_one();
  void move_bytes(pair& p, int from);
  void close_over();

  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<std::uint16_t> target_;
  std::atomic<mode> mode_{mode::passes};
  std::vector<pair> pairs_;
  std::thread thread_;
};

} // namespace tinybook::test
