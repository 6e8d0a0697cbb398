#include "http/providers/webhook.hpp"
#include "tests/http/providers/sample_message.hpp"
#include "tests/support/provider_simulator/simulator.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace tinybook::test {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// A peer that sends `begin` and then the same letter for ever, a byte at a time.
class dripping_peer {
 public:
  explicit dripping_peer(std::string begin) : begin_(std::move(begin)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    auto* address = reinterpret_cast<sockaddr*>(&at);
    REQUIRE(::bind(listener_, address, size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, address, &size) == 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread{[this] {
      drip();
    }};
  }
  ~dripping_peer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  dripping_peer(const dripping_peer&) = delete;
  dripping_peer& operator=(const dripping_peer&) = delete;

  [[nodiscard]] std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/sms";
  }

 private:
  void drip() {
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0)
      return;
    for (std::size_t i = 0; !stopping_; ++i) {
      const char next = i < begin_.size() ? begin_[i] : 'a';
      pollfd left{peer, POLLRDHUP, 0};
      if (::send(peer, &next, 1, MSG_NOSIGNAL) != 1 || ::poll(&left, 1, 20) > 0)
        break;
    }
    ::close(peer);
  }

  std::string begin_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

std::unique_ptr<sms_provider> hook_at(const std::string& url) {
  return http::webhook_provider({url, "", ""}, clock_at_send_time())();
}

} // namespace

TEST_CASE("a peer that drips its answer is cut off at the timeout, whatever it sends") {
  struct drip {
    const char* what;
    const char* scheme;
    std::string begin;
    outcome_class kind;
  };
  const drip drips[] = {
      {"a header", "http", "HTTP/1.1 200 OK\r\nX-Slow: ", outcome_class::ambiguous},
      {"a body", "http", "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n",
       outcome_class::ambiguous},
      {"a TLS record", "https", std::string{"\x16\x03\x03\x3f\xff\x02", 6},
       outcome_class::provider_down}};
  for (const auto& [what, scheme, begin, kind] : drips) {
    CAPTURE(what);
    dripping_peer peer{begin};
    const auto began = steady_clock::now();
    const auto sent = hook_at(peer.url(scheme))->send(sample_message(), 400ms);
    CHECK(sent.kind == kind);
    CHECK(sent.text.find("deadline") != std::string::npos);
    CHECK(steady_clock::now() - began < 2s);
  }
}

TEST_CASE("a call that is cut off ends at once, and none follows it") {
  provider_simulator unsigned_hook{{.keys = {}, .script = "0s hang"}};
  const auto hanging = hook_at(unsigned_hook.url());
  send_outcome sent;
  const auto began = steady_clock::now();
  std::thread caller{[&] {
    sent = hanging->send(sample_message(), 60s);
  }};
  REQUIRE(unsigned_hook.wait_for([](const auto& seen) { return !seen.empty(); }, 5s));
  hanging->cut();
  caller.join();
  CHECK(sent.kind == outcome_class::ambiguous);
  CHECK(sent.text.find("stop") != std::string::npos);
  CHECK(steady_clock::now() - began < 10s);
  CHECK(hanging->send(sample_message(), 2s).kind == outcome_class::provider_down);
  CHECK(unsigned_hook.seen().size() == 1);
}

} // namespace tinybook::test
