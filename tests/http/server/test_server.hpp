#pragma once

#include "config/loader.hpp"
#include "http/server/server.hpp"
#include "tests/http/server/raw_client.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace tinybook::http {

/// Holds handlers until it is opened, and counts those that wait.
class gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    opened_.wait(lock, [this] { return open_; });
    --waiting_;
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  [[nodiscard]] std::size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  std::size_t waiting_ = 0;
  bool open_ = false;
};

/// What a server has by default, on any free port.
inline server_options default_options() {
  server_options options{config::defaults().http};
  options.port = 0;
  return options;
}

/// A real server on a free port with a handler for each behaviour that tests need.
/// Paths:
/// `/fast/…` belongs to the fast lane, all others to the waiting lane; `/gate` waits for
/// `blocked`, `/throw` throws, `/big` answers 4 MiB, `/404` is not found, `/token` needs
/// `Authorization` in its head; all others echo the request in their body.
class test_server {
 public:
  explicit test_server(server_options options = default_options());
  /// Opens `blocked`, so that no test hangs here.
  ~test_server() { blocked.open(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  static constexpr std::size_t big_answer_bytes = std::size_t{4} * 1024 * 1024;
  static constexpr std::size_t article_body_bytes = std::size_t{1280} * 1024;

  gate blocked;
  std::mutex mutex;
  std::vector<std::string> thrown;  ///< What on_exception was told; guarded by `mutex`.
  std::vector<std::string> refused; ///< Method and path of what was refused; likewise.
  std::atomic<bool> trusts_peers{false}; ///< Every peer is a balancer.

 private:
  [[nodiscard]] server_hooks hooks();
  void handle(const httplib::Request& request, httplib::Response& response);
  std::uint16_t port_ = 0;

 public:
  server engine; ///< Last, so that it ends before what its handlers use.
};

/// `GET path` with a Host.
[[nodiscard]] std::string get(std::string_view path);
/// `POST path` with a body.
[[nodiscard]] std::string post(std::string_view path, std::string_view body,
                               std::string_view content_type = "application/json");

} // namespace tinybook::http
