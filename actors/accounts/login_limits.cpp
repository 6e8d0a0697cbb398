#include "actors/accounts/login_limits.hpp"

#include <string>

namespace tinybook {

namespace {

constexpr auto account_rule = "login.failures_per_account";
constexpr auto device_rule = "login.failures_per_device";
constexpr auto address_rule = "login.failures_per_address";

} // namespace

std::vector<rate_rule> login_rules(const login_limits& limits, const client_info& client,
                                   std::string_view account, const storage::user& user) {
  const bool known = user.id != 0 && !client.device.empty()
                     && client.device_user == user.id
                     && client.device_epoch == user.device_epoch;
  if (known)
    return {{"login.device|" + client.device + "|" + std::to_string(user.id),
             limits.per_device, device_rule},
            {"login.known_address|" + client.address, limits.per_address, address_rule}};
  return {{"login.account|" + std::string{account}, limits.per_account, account_rule},
          {"login.address|" + client.address, limits.per_address, address_rule}};
}

std::vector<rate_rule> reset_rules(const login_limits& limits,
                                   const client_info& client) {
  return {{"login.address|" + client.address, limits.per_address, address_rule}};
}

} // namespace tinybook
