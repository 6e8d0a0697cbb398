#include "http/server/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace tinybook::http {

namespace {

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, address, text.data(), text.size()) == nullptr)
    return {};
  return text.data();
}

endpoint read_endpoint(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    return {text_of(AF_INET, &v4.sin_addr), ntohs(v4.sin_port)};
  }
  if (from.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    const auto* bytes = &v6.sin6_addr.s6_addr[0];
    auto mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    return {mapped ? text_of(AF_INET, bytes + 12) : text_of(AF_INET6, bytes),
            ntohs(v6.sin6_port)};
  }
  return {};
}

} // namespace

endpoint remote_endpoint(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return {};
  return read_endpoint(name);
}

endpoint local_endpoint(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return {};
  return read_endpoint(name);
}

} // namespace tinybook::http
