#pragma once

#include "storage/types.hpp"

#include <string>

namespace tinybook {

/// Who asks, as the HTTP ingress found out: what the limits count by.
struct client_info {
  std::string address; ///< The limit key: an IPv4 address or an IPv6 /64.
  std::string device; ///< Id of the verified `tb_device` cookie; empty = unknown browser.
  user_id device_user = 0; ///< The account that this browser logged in to before.
  std::string
      asker; ///< Id of the verified `tb_sms` cookie; empty = it asked for no code.
};

} // namespace tinybook
