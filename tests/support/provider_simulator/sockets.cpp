#include "tests/support/provider_simulator/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <poll.h>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

using name_of_end = int (*)(int, sockaddr*, socklen_t*);

int port_of(int fd, name_of_end end) {
  sockaddr_in at{};
  socklen_t size = sizeof(at);
  if (end(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0 || at.sin_family != AF_INET)
    return -1;
  return ntohs(at.sin_port);
}

std::vector<int> open_descriptors() {
  std::vector<int> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", ignored})
    out.push_back(std::atoi(entry.path().filename().c_str()));
  return out;
}

} // namespace

int find_connection(int local_port, int remote_port) {
  for (const int fd : open_descriptors())
    if (port_of(fd, &getpeername) == remote_port
        && port_of(fd, &getsockname) == local_port)
      return fd;
  return -1;
}

void shut_connections(int local_port) {
  for (const int fd : open_descriptors())
    if (port_of(fd, &getsockname) == local_port && port_of(fd, &getpeername) != -1)
      shut_connection(fd);
}

void shut_connection(int fd) {
  ::shutdown(fd, SHUT_RDWR);
}

bool peer_left(int fd, int bound_ms) {
  pollfd p{fd, POLLRDHUP, 0};
  return ::poll(&p, 1, bound_ms) > 0;
}

} // namespace tinybook::test
