#include "http/server/listener.hpp"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <system_error>

namespace tinybook::http {

namespace {

failure cannot_listen(const std::string& address, std::uint16_t port,
                      const std::string& reason) {
  auto host = address.find(':') == std::string::npos ? address : '[' + address + ']';
  return {errc::unavailable,
          "cannot listen on " + host + ':' + std::to_string(port) + ": " + reason};
}

std::string system_reason(int code) {
  return std::system_category().message(code);
}

void set_option(int socket, int level, int name, int value) {
  // A refused option shows at bind() or does no harm.
  (void)::setsockopt(socket, level, name, &value, sizeof value);
}

/// 0 or an errno.
int bind_and_listen(int socket, const addrinfo& to, int backlog) {
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1); // Not to wait for TIME_WAIT.
  if (to.ai_family == AF_INET6)
    set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(socket, to.ai_addr, to.ai_addrlen) != 0)
    return errno;
  return ::listen(socket, backlog) == 0 ? 0 : errno;
}

} // namespace

result<unique_fd> open_listener(const std::string& address, std::uint16_t port,
                                int backlog) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* first = nullptr;
  auto service = std::to_string(port);
  int code = ::getaddrinfo(address.c_str(), service.c_str(), &hints, &first);
  if (code != 0)
    return cannot_listen(address, port, ::gai_strerror(code));
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, &::freeaddrinfo);

  int reason = EADDRNOTAVAIL;
  for (const auto* to = all.get(); to != nullptr; to = to->ai_next) {
    unique_fd socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                              to->ai_protocol));
    reason = socket ? bind_and_listen(socket.get(), *to, backlog) : errno;
    if (reason == 0)
      return socket;
  }
  return cannot_listen(address, port, system_reason(reason));
}

std::size_t files_wanted(std::size_t connections) {
  constexpr std::size_t of_the_rest = 1024;
  return connections + of_the_rest;
}

void allow_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE,
                    &limit); // What is missing shows as refused connections.
}

} // namespace tinybook::http
