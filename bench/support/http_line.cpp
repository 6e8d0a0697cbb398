#include "bench/support/http_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace tinybook::bench {

int open_connection(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    close(fd);
    return -1;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

http_line::http_line(int port) : fd_(open_connection(port)) {
  if (fd_ < 0)
    throw std::runtime_error("cannot connect");
}

http_line::~http_line() {
  if (fd_ >= 0)
    close(fd_);
}

http_line::http_line(http_line&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), come_(std::move(other.come_)) {}

void http_line::send(std::string_view request) const {
  if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL)
      != static_cast<ssize_t>(request.size()))
    throw std::runtime_error("a request cannot be sent");
}

int http_line::take() {
  static constexpr std::string_view length = "\r\nContent-Length: ";
  std::array<char, 65'536> part{};
  const auto got = recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN))
    throw std::runtime_error("the server has closed a connection");
  come_.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  const auto head = come_.find("\r\n\r\n");
  const auto at = come_.find(length);
  if (head == std::string::npos || at > head)
    return 0;
  const auto body = std::strtoul(come_.c_str() + at + length.size(), nullptr, 10);
  if (come_.size() < head + 4 + body)
    return 0;
  const auto status = std::atoi(come_.c_str() + std::string_view{"HTTP/1.1 "}.size());
  come_.clear();
  return status;
}

} // namespace tinybook::bench
