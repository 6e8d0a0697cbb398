#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <string>

namespace tinybook::storage::postgres {

/// What libpq connects with: what the url says, the password, and where the url is silent
/// about them our timeouts and keepalives. The server shows `replica` beside our
/// sessions. Fails, without a word of the url, where libpq cannot read it.
[[nodiscard]] result<std::string> make_conninfo(const config::postgres_settings& settings,
                                                const std::string& replica);

} // namespace tinybook::storage::postgres
