#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/user_store.hpp"

#include <algorithm>

namespace tinybook {

/// Whether `client` is a browser that logged in to the account of `user` (id 0 = none)
/// since its password was set: what its owner does there is no stranger's doing.
[[nodiscard]] inline bool is_known_browser(const client_info& client,
                                           const storage::user& user) {
  const auto is_of_user = [&](const known_account& known) {
    return known.user == user.id && known.epoch == user.device_epoch;
  };
  return user.id != 0 && !client.device.empty()
         && (is_of_user({client.device_user, client.device_epoch})
             || std::ranges::any_of(client.also_known, is_of_user));
}

} // namespace tinybook
