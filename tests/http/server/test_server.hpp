#pragma once

#include "config/loader.hpp"
#include "http/server/exchange.hpp"
#include "http/server/server.hpp"
#include "tests/http/server/raw_client.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace tinybook::http {

/// Holds the journeys of requests until it is opened, and counts those that wait.
class gate {
 public:
  /// Ends soon after the gate's opening; holds no thread meanwhile.
  task<result<done>> pass() {
    const waiting_place place(waiting_);
    while (!open_.load())
      (void)co_await pause(std::chrono::milliseconds{20});
    co_return done{};
  }
  /// The same without any rest.
  task<result<done>> spin() {
    const waiting_place place(waiting_);
    while (!open_.load())
      (void)co_await pause(std::chrono::milliseconds{0});
    co_return done{};
  }
  void open() { open_.store(true); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.load(); }

 private:
  struct waiting_place {
    explicit waiting_place(std::atomic<std::size_t>& all) : count(all) { ++count; }
    ~waiting_place() { --count; }
    waiting_place(const waiting_place&) = delete;
    waiting_place& operator=(const waiting_place&) = delete;
    std::atomic<std::size_t>& count;
  };

  std::atomic<bool> open_{false};
  std::atomic<std::size_t> waiting_{0};
};

/// What a server has by default, on any free port.
inline server_options default_options() {
  server_options options{config::defaults().http};
  options.port = 0;
  return options;
}

/// A real server on a free port with a handler for each behaviour that tests need.
/// Paths: `/gate` waits for `blocked`, `/spin` does so without rest, `/throw` throws,
/// `/big` answers 4 MiB, `/parts` adds parts to its body (`/parts/later` each behind a
/// moment, `/parts/endless` without an end; `/parts/failing` and `/parts/throwing` end
/// with the third), `/404` is not found, `/token` needs `Authorization` in its head; all
/// others echo the request in their body.
class test_server {
 public:
  explicit test_server(server_options options = default_options());
  /// Opens `blocked`, so that no test hangs here.
  ~test_server() { blocked.open(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  static constexpr std::size_t big_answer_bytes = std::size_t{4} * 1024 * 1024;
  static constexpr std::size_t article_body_bytes = std::size_t{1280} * 1024;

  static constexpr int parts = 40;
  static constexpr std::size_t part_bytes = 100'000;

  gate blocked;
  std::atomic<int> parts_made{0};
  std::mutex mutex;
  std::vector<std::string> thrown;  ///< What on_exception was told; guarded by `mutex`.
  std::vector<std::string> refused; ///< Method and path of what was refused; likewise.
  std::atomic<bool> trusts_peers{false}; ///< Every peer is a balancer.

 private:
  [[nodiscard]] server_hooks hooks();
  task<result<done>> answer(exchange* of);
  task<result<std::string>> part(std::string path, int number);
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
