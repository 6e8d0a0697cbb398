#pragma once

#include <cstdint>
#include <string>

namespace tinybook::http {

/// One end of a socket, in numbers.
struct endpoint {
  std::string address; ///< An IPv4 address mapped into IPv6 stands in its dotted form.
  std::uint16_t port = 0;
};

[[nodiscard]] endpoint remote_endpoint(int socket);
[[nodiscard]] endpoint local_endpoint(int socket);

} // namespace tinybook::http
