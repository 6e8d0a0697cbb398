#pragma once

#include "storage/result.hpp"

#include <chrono>
#include <string>

namespace tinybook::storage::postgres {

struct conninfo_parts {
  std::string url; ///< As libpq takes it: a URL or `key=value …`; may hold a password.
  std::string password; ///< In place of one in `url`; empty = none.
  std::string replica;  ///< Shown by the server beside our sessions.
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds statement_timeout{4000};
};

/// What libpq connects with: what `url` says, the password, and where the url is silent
/// about them our timeouts and keepalives. Fails, without a word of the url, where libpq
/// cannot read it.
[[nodiscard]] result<std::string> make_conninfo(const conninfo_parts& parts);

} // namespace tinybook::storage::postgres
