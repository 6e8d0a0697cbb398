#include "tests/http/providers/scripted_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <stdexcept>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

namespace {

std::pair<int, std::uint16_t> bind_loopback() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  auto* plain = reinterpret_cast<sockaddr*>(&at);
  if (fd < 0 || ::bind(fd, plain, size) != 0 || ::getsockname(fd, plain, &size) != 0)
    throw std::runtime_error("cannot bind to loopback");
  return {fd, ntohs(at.sin_port)};
}

/// The whole request, or nothing when the client has left.
std::optional<std::string> read_request(int peer) {
  std::string got;
  char buffer[4096];
  while (true) {
    if (const auto head = got.find("\r\n\r\n"); head != got.npos) {
      const auto field = got.find("Content-Length: ");
      const auto length = field < head ? std::stoul(got.substr(field + 16)) : 0;
      if (got.size() >= head + 4 + length)
        return got;
    }
    const auto n = ::recv(peer, buffer, sizeof(buffer), 0);
    if (n <= 0)
      return std::nullopt;
    got.append(buffer, static_cast<std::size_t>(n));
  }
}

} // namespace

scripted_receiver::scripted_receiver(script s) : script_(std::move(s)) {
  std::tie(listener_, port_) = bind_loopback();
  ::listen(listener_, 16);
  thread_ = std::thread{[this] {
    serve();
  }};
}

scripted_receiver::~scripted_receiver() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int peer = peer_; peer >= 0)
    ::shutdown(peer, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string scripted_receiver::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + target;
}

std::vector<std::string> scripted_receiver::requests() const {
  std::lock_guard guard{mutex_};
  return requests_;
}

void scripted_receiver::wait_until_closed(int connections) const {
  for (int seen = closed_; seen < connections; seen = closed_)
    closed_.wait(seen);
}

void scripted_receiver::serve() {
  while (!stopping_) {
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0)
      return;
    ++connections_;
    peer_ = peer;
    serve_connection(peer);
    peer_ = -1;
    ::close(peer);
    ++closed_;
    closed_.notify_all();
  }
}

void scripted_receiver::serve_connection(int peer) {
  while (!stopping_) {
    auto request = read_request(peer);
    if (!request)
      return;
    const auto what = script_(*request);
    {
      std::lock_guard guard{mutex_};
      requests_.push_back(std::move(*request));
    }
    if (what.hang) {
      char ignored = 0;
      (void)::recv(peer, &ignored, 1, 0); // Returns when the client gives up.
      return;
    }
    (void)::send(peer, what.bytes.data(), what.bytes.size(), MSG_NOSIGNAL);
    if (what.close)
      return;
  }
}

} // namespace tinybook::test
