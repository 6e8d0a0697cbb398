#pragma once

#include "tests/support/own_certificate.hpp"

#include <httplib.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace tinybook::test {

/// An independent implementation of HTTP at the other end: takes a POST to any path.
class http_receiver {
 public:
  explicit http_receiver(httplib::Server::Handler handler)
      : http_receiver("http", std::make_unique<httplib::Server>(), std::move(handler)) {}
  /// Over TLS.
  http_receiver(const own_certificate& own, httplib::Server::Handler handler)
      : http_receiver("https",
                      std::make_unique<httplib::SSLServer>(own.certificate(), own.key()),
                      std::move(handler)) {}
  ~http_receiver() {
    server_->stop();
    thread_.join();
  }
  http_receiver(const http_receiver&) = delete;
  http_receiver& operator=(const http_receiver&) = delete;

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url(const std::string& target = "") const {
    return scheme_ + "://" + host() + target;
  }

 private:
  http_receiver(std::string scheme, std::unique_ptr<httplib::Server> server,
                httplib::Server::Handler handler)
      : scheme_(std::move(scheme)), server_(std::move(server)) {
    server_->set_tcp_nodelay(true);
    server_->Post(".*", std::move(handler));
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_->listen_after_bind();
    }};
    while (!server_->is_running())
      std::this_thread::yield();
  }

  std::string scheme_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

} // namespace tinybook::test
