#pragma once

#include <cstdint>
#include <string>

namespace tinybook::http {

/// One end of a socket, numeric.
struct endpoint {
  std::string address; ///< IPv4 addresses mapped into IPv6 in their dotted form.
  std::uint16_t port = 0;
};

[[nodiscard]] endpoint remote_endpoint(int socket);
[[nodiscard]] endpoint local_endpoint(int socket);

} // namespace tinybook::http
