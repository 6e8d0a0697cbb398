#pragma once

#include "actors/codes/address_limits.hpp"
#include "actors/codes/phone_number.hpp"
#include "storage/support/sliding_window.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// How many codes may be sent; a count of 0 = off.
struct send_limits {
  rate_limit phone_hour;
  rate_limit phone_day;
  /// To the phone of an account, from a browser that this knows.
  rate_limit owner_hour;
  rate_limit owner_day;
  rate_limit address_hour;
  rate_limit address_day;
  /// For each region but the default one.
  rate_limit region_hour;
  /// The ceilings, whoever asks.
  rate_limit all_hour;
  rate_limit all_day;
  /// Of the limits of a phone, which strangers in one network leave to those elsewhere,
  /// of whom one may be the owner: 0 to 1.
  double elsewhere_share = 0;
  /// Of the ceilings, which strangers leave to owners, and half of it to phones that were
  /// verified before: 0 to 1.
  double owners_share = 0;
  network_times networks;
};

/// Who asks for a code, as far as it can be seen. All but the first two are taken for the
/// owner of the phone.
enum class send_asker : std::uint8_t {
  stranger,
  verified,      ///< The same, but a code of the phone was entered before.
  known_network, ///< From where the account of the phone has a session.
  session,       ///< Of that account, in a browser that it does not know.
  known_browser, ///< Of that account.
};
[[nodiscard]] constexpr bool is_owner(send_asker asker) {
  return asker >= send_asker::known_network;
}

/// A code that is asked for.
struct wanted_send {
  const phone_number& to;
  std::string_view address; ///< Of who asks (`client_info::address`).
  send_asker asker = send_asker::stranger;
};

/// What is left of a limit without `share` of it: at least 1 of any.
[[nodiscard]] rate_limit without_share(rate_limit whole, double share);

/// What who asks may take of a ceiling.
[[nodiscard]] rate_limit part_of_ceiling(const rate_limit& ceiling,
                                         const send_limits& limits, send_asker asker);

/// The limits that a send counts against. An owner counts apart from strangers, also at
/// the same address: whatever those ask for in the owner's name, a code can be had. Under
/// the ceilings, and to a region, all count together, but strangers reach the end
/// earlier, and the more so where nobody has proved to have the phone: a flood leaves
/// those and the owners their share. Sessions in other browsers count apart from known
/// ones, so that a stolen token uses up nothing that its owner needs; and so does each
/// network where the account is in use, for a new browser there. `home_region` is the
/// default region.
[[nodiscard]] std::vector<rate_rule> send_rules(const send_limits& limits,
                                                const wanted_send& send,
                                                std::string_view home_region);

} // namespace tinybook
