#include "http/api/own_account.hpp"

#include "storage/reading_commands.hpp"

namespace tinybook::http {

task<result<bool>> is_ban_lifted(call c, user_id by) {
  const auto found = co_await c.read(storage::find_profile{by});
  if (found)
    co_return !found->banned;
  if (found.error().code == errc::user_not_found) // Erased: what is asked for says so.
    co_return false;
  co_return found.error();
}

} // namespace tinybook::http
