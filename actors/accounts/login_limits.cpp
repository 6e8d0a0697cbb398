#include "actors/accounts/login_limits.hpp"

#include <string>

namespace tinybook {

std::vector<rate_rule> login_rules(const login_limits& limits, const client_info& client,
                                   std::string_view account, user_id user) {
  bool known = user != 0 && !client.device.empty() && client.device_user == user;
  if (known)
    return {{"login.device|" + client.device + "|" + std::to_string(user),
             limits.per_device}};
  return {{"login.account|" + std::string{account}, limits.per_account},
          {"login.address|" + client.address, limits.per_address}};
}

std::vector<rate_rule> reset_rules(const login_limits& limits,
                                   const client_info& client) {
  return {{"login.address|" + client.address, limits.per_address}};
}

} // namespace tinybook
