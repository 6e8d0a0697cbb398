#include "actors/accounts/login_limits.hpp"

#include "actors/accounts/known_browser.hpp"

#include <string>

namespace tinybook {

std::vector<rate_rule> login_rules(const login_limits& limits, const client_info& client,
                                   std::string_view account, const storage::user& user) {
  using enum limit_rule;
  constexpr bool for_good = true;
  auto rules = reset_rules(limits, client, user);
  if (is_known_browser(client, user)) {
    rules.push_back(
        {"login.known_attempts|" + client.address + '|' + std::to_string(user.id),
         limits.attempts, login_attempts, for_good});
    return rules;
  }
  rules.push_back(
      {"login.account|" + std::string{account}, limits.per_account, login_account});
  add_address_rules(rules,
                    {"login.attempts", limits.attempts, login_attempts,
                     login_attempts_network, for_good},
                    client.address, limits.networks);
  return rules;
}

std::vector<rate_rule> session_rules(const login_limits& limits,
                                     const client_info& client, std::string_view family,
                                     const storage::user& user) {
  using enum limit_rule;
  if (is_known_browser(client, user))
    return login_rules(limits, client, {}, user);
  constexpr bool for_good = true;
  const auto where = '|' + client.address + '|' + std::to_string(user.id);
  return {{"login.session|" + std::string{family}, limits.per_device, login_device},
          {"login.session_address" + where, limits.per_address, login_address},
          {"login.session_attempts" + where, limits.attempts, login_attempts, for_good}};
}

std::vector<rate_rule> session_code_rules(const login_limits& limits,
                                          const client_info& client,
                                          std::string_view family,
                                          const storage::user& user) {
  const auto whose = is_known_browser(client, user)
                         ? "known|" + client.device + '|' + std::to_string(user.id)
                         : std::string{family};
  return {{"login.session_codes|" + whose, limits.per_device, limit_rule::session_codes}};
}

std::vector<rate_rule> code_login_rules(const login_limits& limits,
                                        const client_info& client,
                                        const storage::user& user) {
  using enum limit_rule;
  constexpr bool for_good = true;
  if (is_known_browser(client, user))
    return {{"login.code_attempts_of|" + client.device, limits.attempts,
             code_login_attempts, for_good},
            {"login.code_attempts_at|" + client.address + '|' + std::to_string(user.id),
             limits.attempts, code_login_attempts, for_good}};
  std::vector<rate_rule> rules;
  add_address_rules(rules,
                    {"login.code_attempts", limits.attempts, code_login_attempts,
                     code_login_attempts_network, for_good},
                    client.address, limits.networks);
  return rules;
}

std::vector<rate_rule> reset_rules(const login_limits& limits, const client_info& client,
                                   const storage::user& user) {
  using enum limit_rule;
  if (is_known_browser(client, user)) {
    const auto id = '|' + std::to_string(user.id);
    return {{"login.device|" + client.device + id, limits.per_device, login_device},
            {"login.known_address|" + client.address + id, limits.per_address,
             login_address}};
  }
  std::vector<rate_rule> rules;
  add_address_rules(rules,
                    {"login.address", limits.per_address, login_address, login_network},
                    client.address, limits.networks);
  return rules;
}

std::vector<rate_rule> sign_up_rules(rate_limit limit, const network_times& networks,
                                     const client_info& client) {
  std::vector<rate_rule> rules;
  add_address_rules(
      rules,
      {"signup.address", limit, limit_rule::signup_address, limit_rule::signup_network},
      client.address, networks);
  return rules;
}

} // namespace tinybook
