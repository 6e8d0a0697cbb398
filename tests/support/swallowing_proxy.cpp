#include "tests/support/swallowing_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

/// On loopback a connection is made or refused at once, even by a frozen server.
int connect_to(std::uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(port);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0)
    return fd;
  ::close(fd);
  return -1;
}

void no_delay(int fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// False if the other side has gone or has read nothing for five seconds.
bool send_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    auto sent = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

} // namespace

swallowing_proxy::swallowing_proxy(std::uint16_t target) : target_(target) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  auto* address = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 512) != 0
      || ::getsockname(listener_, address, &size) != 0 || ::pipe2(stop_, O_CLOEXEC) != 0)
    throw std::runtime_error("cannot open a proxy");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] {
    serve();
  }};
}

swallowing_proxy::~swallowing_proxy() {
  static_cast<void>(::write(stop_[1], "x", 1) == 1);
  thread_.join();
  for (auto& p : pairs_)
    p.over = true;
  close_over();
  for (int fd : {listener_, stop_[0], stop_[1]})
    ::close(fd);
}

void swallowing_proxy::serve() {
  for (;;) {
    std::vector<pollfd> watched{{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    for (const auto& p : pairs_)
      for (int fd : p.ends)
        watched.push_back({fd, POLLIN, 0}); // poll ignores -1.
    ::poll(watched.data(), watched.size(), 20);
    if (watched[1].revents != 0)
      return;
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      for (int end = 0; end < 2; ++end)
        if (watched[2 + 2 * i + static_cast<std::size_t>(end)].revents != 0)
          move_bytes(pairs_[i], end);
    if (mode_ == mode::cuts)
      for (auto& p : pairs_)
        p.over = true;
    if (watched[0].revents != 0)
      accept_one();
    close_over();
  }
}

void swallowing_proxy::accept_one() {
  int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0)
    return;
  pair p{{client, -1}};
  if (mode_ == mode::swallows) {
    p.dead = true;
  } else {
    if (mode_ != mode::cuts)
      p.ends[1] = connect_to(target_);
    p.over = p.ends[1] < 0;
  }
  for (int fd : p.ends)
    if (fd >= 0) {
      no_delay(fd);
      timeval bound{5, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    }
  pairs_.push_back(p);
}

void swallowing_proxy::move_bytes(pair& p, int from) {
  std::array<char, 65536> bytes{};
  auto got = ::recv(p.ends[from], bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got > 0 && mode_ == mode::swallows)
    p.dead = true;
  if (got > 0 && p.dead)
    return;
  if (got > 0 && send_all(p.ends[1 - from], bytes.data(), static_cast<std::size_t>(got)))
    return;
  // A network that hangs does not transmit the end of a connection either: the client's
  // side stays open until the client closes it.
  bool hidden = from == 1 && (p.dead || mode_ == mode::swallows);
  if (!hidden) {
    p.over = true;
    return;
  }
  p.dead = true;
  ::close(p.ends[1]);
  p.ends[1] = -1;
}

void swallowing_proxy::close_over() {
  for (auto& p : pairs_)
    if (p.over)
      for (int& fd : p.ends)
        if (fd >= 0)
          ::close(std::exchange(fd, -1));
  std::erase_if(pairs_, [](const pair& p) { return p.over; });
}

} // namespace tinybook::test
