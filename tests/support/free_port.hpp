#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <unistd.h>

namespace tinybook::test {

/// A port of 127.0.0.1 on which nobody listens. Below 55 536, for in cluster mode Redis
/// takes the port 10 000 higher, too. Another process may take it before the caller does.
[[nodiscard]] inline std::uint16_t free_port() {
  const auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* address = reinterpret_cast<sockaddr*>(&at);
  const bool bound =
      ::bind(fd, address, size) == 0 && ::getsockname(fd, address, &size) == 0;
  ::close(fd);
  if (!bound)
    throw std::runtime_error("no free port");
  const auto port = ntohs(at.sin_port);
  return port < 55'536 ? port : free_port();
}

/// A server that was started has ended by itself.
class server_ended : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Calls `start`, which draws its ports anew each time. A server that ends at once may
/// have lost a port to another process: three attempts in all.
template <std::invocable Start>
void start_on_free_port(Start start) {
  constexpr int attempts = 3;
  for (int attempt = 1; attempt < attempts; ++attempt) {
    try {
      start();
      return;
    } catch (const server_ended&) {
      continue;
    }
  }
  start();
}

} // namespace tinybook::test
