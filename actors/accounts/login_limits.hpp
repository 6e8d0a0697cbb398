#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/support/sliding_window.hpp"
#include "storage/user_store.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace tinybook {

/// Failed log-ins; a count of 0 = off.
struct login_limits {
  rate_limit per_account;
  rate_limit per_device;
  rate_limit per_address;
};

/// What one log-in counts against until it succeeds. `account` stands for the e-mail,
/// whether it exists or not; `user` is its account, of id 0 = none. A browser that logged
/// in to the account since its password was set counts on a quota of its own, and with
/// other such browsers at its address: whatever strangers do there or to the account,
/// they cannot lock the owner out.
[[nodiscard]] std::vector<rate_rule> login_rules(const login_limits& limits,
                                                 const client_info& client,
                                                 std::string_view account,
                                                 const storage::user& user);

/// What setting a new password by code counts against until it succeeds: the address, as
/// a log-in does. Guesses at the code have limits of their own.
[[nodiscard]] std::vector<rate_rule> reset_rules(const login_limits& limits,
                                                 const client_info& client);

} // namespace tinybook
