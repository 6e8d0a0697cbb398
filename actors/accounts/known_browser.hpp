#pragma once

#include "actors/accounts/client_info.hpp"
#include "storage/user_store.hpp"

namespace tinybook {

/// Whether `client` is a browser that logged in to the account of `user` (id 0 = none)
/// since its password was set: what its owner does there is no stranger's doing.
[[nodiscard]] inline bool is_known_browser(const client_info& client,
                                           const storage::user& user) {
  return user.id != 0 && !client.device.empty() && client.device_user == user.id
         && client.device_epoch == user.device_epoch;
}

} // namespace tinybook
