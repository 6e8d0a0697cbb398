#include "actors/accounts/login_limits.hpp"

#include <string>

namespace tinybook {

std::vector<rate_rule> login_rules(const login_limits& limits, const client_info& client,
                                   std::string_view account, const storage::user& user) {
  const bool known = user.id != 0 && !client.device.empty()
                     && client.device_user == user.id
                     && client.device_epoch == user.device_epoch;
  if (known)
    return {{"login.device|" + client.device + "|" + std::to_string(user.id),
             limits.per_device},
            {"login.known_address|" + client.address, limits.per_address}};
  return {{"login.account|" + std::string{account}, limits.per_account},
          {"login.address|" + client.address, limits.per_address}};
}

std::vector<rate_rule> reset_rules(const login_limits& limits,
                                   const client_info& client) {
  return {{"login.address|" + client.address, limits.per_address}};
}

} // namespace tinybook
