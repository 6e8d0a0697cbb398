#include "http/providers/aliyun.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/support/own_certificate.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A thread for each connection, which are counted until they are closed.
class counted_connections final : public httplib::TaskQueue {
 public:
  explicit counted_connections(std::atomic<int>& open) : open_(open) {}

  void enqueue(std::function<void()> serve) override {
    ++open_;
    threads_.emplace_back([this, serve = std::move(serve)] {
      serve();
      --open_;
    });
  }
  void shutdown() override {
    for (auto& thread : threads_)
      thread.join();
  }

 private:
  std::atomic<int>& open_;
  std::vector<std::thread> threads_;
};

/// A provider over TLS on loopback that takes every message.
class tls_receiver {
 public:
  explicit tls_receiver(const std::string& name)
      : certificate_(name), server_(certificate_.certificate(), certificate_.key()) {
    server_.Post(".*", [this](const httplib::Request&, httplib::Response& res) {
      ++taken_;
      res.set_content(R"({"Code":"OK","BizId":"b"})", "application/json");
    });
    server_.new_task_queue = [this] {
      return new counted_connections{open_};
    };
    server_.set_keep_alive_timeout(1); // Of an idle connection, in seconds: the least.
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_.listen_after_bind();
    }};
    while (!server_.is_running())
      std::this_thread::yield();
  }
  ~tls_receiver() {
    server_.stop();
    thread_.join();
  }
  tls_receiver(const tls_receiver&) = delete;
  tls_receiver& operator=(const tls_receiver&) = delete;

  [[nodiscard]] std::string ca_file() const { return certificate_.file(); }
  [[nodiscard]] int taken() const { return taken_; }

  [[nodiscard]] std::unique_ptr<sms_provider> client(const std::string& trusted) const {
    http::aliyun_options options;
    options.url = "https://127.0.0.1:" + std::to_string(port_);
    options.ca_file = trusted;
    return http::aliyun_provider(options, clock_at_send_time(),
                                 std::make_shared<system_random>(), nullptr)();
  }
  [[nodiscard]] send_outcome outcome(const std::string& trusted) const {
    return client(trusted)->send(sample_message(), 5s);
  }

  /// Whether every connection is closed within `bound`.
  [[nodiscard]] bool closes_all(std::chrono::seconds bound) const {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (open_ > 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return open_ == 0;
  }

 private:
  own_certificate certificate_;
  httplib::SSLServer server_;
  std::atomic<int> taken_{0};
  std::atomic<int> open_{0};
  int port_ = 0;
  std::thread thread_;
};

} // namespace

TEST_CASE("over TLS only a peer with a trusted certificate gets the message") {
  const tls_receiver receiver{"IP:127.0.0.1"};
  const auto unknown = receiver.outcome("");
  CHECK(unknown.kind == outcome_class::provider_down);
  CHECK(receiver.taken() == 0);
  CHECK(receiver.outcome(receiver.ca_file()).kind == outcome_class::delivered);
  CHECK(receiver.taken() == 1);
}

TEST_CASE("a TLS connection that the peer closed while it was idle is made anew") {
  const tls_receiver receiver{"IP:127.0.0.1"};
  auto client = receiver.client(receiver.ca_file());
  CHECK(client->send(sample_message(), 5s).kind == outcome_class::delivered);
  REQUIRE(receiver.closes_all(10s));
  CHECK(client->send(sample_message(), 5s).kind == outcome_class::delivered);
  CHECK(receiver.taken() == 2);
}

TEST_CASE("a trusted certificate of another name gets nothing") {
  const tls_receiver receiver{"DNS:sms.example.org"};
  CHECK(receiver.outcome(receiver.ca_file()).kind == outcome_class::provider_down);
  CHECK(receiver.taken() == 0);
}

} // namespace tinybook::test
