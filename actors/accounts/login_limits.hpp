#pragma once

#include "actors/accounts/client_info.hpp"
#include "actors/codes/address_limits.hpp"
#include "storage/support/sliding_window.hpp"
#include "storage/user_store.hpp"

#include <string_view>
#include <vector>

namespace tinybook {

/// Log-ins; a count of 0 = off.
struct login_limits {
  rate_limit per_account; ///< Failures, as the next two.
  rate_limit per_device;
  rate_limit per_address;
  rate_limit attempts; ///< Of an address, failed or not.
  network_times networks;
};

/// What one log-in counts against. Failures count until it succeeds, attempts for good.
/// `account` stands for the e-mail, whether it exists or not; `user` is its account, of
/// id 0 = none. A browser that logged in to the account since its password was set counts
/// on quotas of its own, and with other such browsers of this account at its address:
/// whatever strangers do there or to the account, they cannot lock the owner out.
[[nodiscard]] std::vector<rate_rule> login_rules(const login_limits& limits,
                                                 const client_info& client,
                                                 std::string_view account,
                                                 const storage::user& user);

/// What a log-in by code counts against, whatever comes of it; guesses at the code have
/// limits of their own. A browser that is known to `user`, the account of the phone (id
/// 0 = none), counts apart from others, and with such of the same account at its address.
[[nodiscard]] std::vector<rate_rule> code_login_rules(const login_limits& limits,
                                                      const client_info& client,
                                                      const storage::user& user);

/// What a try at the password within the session `family` of `user` counts against. Who
/// has the session is no stranger: nobody else's guesses at the account lock it out, and
/// its own lock nobody else out.
[[nodiscard]] std::vector<rate_rule> session_rules(const login_limits& limits,
                                                   const client_info& client,
                                                   std::string_view family,
                                                   const storage::user& user);

/// What a wrong code that is entered within the session `family` of `user` counts
/// against, whether one was sent or not; guesses at a code that was have limits of their
/// own. Who has a stolen token uses up nothing of the browser that the account knows.
[[nodiscard]] std::vector<rate_rule> session_code_rules(const login_limits& limits,
                                                        const client_info& client,
                                                        std::string_view family,
                                                        const storage::user& user);

/// What setting a new password by code counts against until it succeeds, as the failures
/// of a log-in do; `user` is the account that the phone belongs to where the browser may
/// be known to it, else of id 0. Guesses at the code have limits of their own.
[[nodiscard]] std::vector<rate_rule> reset_rules(const login_limits& limits,
                                                 const client_info& client,
                                                 const storage::user& user);

/// What a sign-up from `client` counts against, each address up to `limit`.
[[nodiscard]] std::vector<rate_rule>
sign_up_rules(rate_limit limit, const network_times& networks, const client_info& client);

} // namespace tinybook
