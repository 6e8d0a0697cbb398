#pragma once

#include <httplib.h>

#include <string>
#include <thread>
#include <utility>

namespace tinybook::test {

/// An independent implementation of HTTP at the other end: takes a POST to any path.
class http_receiver {
 public:
  explicit http_receiver(httplib::Server::Handler handler) {
    server_.set_tcp_nodelay(true);
    server_.Post(".*", std::move(handler));
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_.listen_after_bind();
    }};
    while (!server_.is_running())
      std::this_thread::yield();
  }
  ~http_receiver() {
    server_.stop();
    thread_.join();
  }
  http_receiver(const http_receiver&) = delete;
  http_receiver& operator=(const http_receiver&) = delete;

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url(const std::string& target = "") const {
    return "http://" + host() + target;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

} // namespace tinybook::test
