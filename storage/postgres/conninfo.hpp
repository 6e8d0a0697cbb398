#pragma once

#include "config/settings.hpp"
#include "storage/result.hpp"

#include <string>

namespace tinybook::storage::postgres {

/// The connection string for libpq: the URL, the password, and our timeouts and
/// keepalives where the URL sets none. The server lists our sessions under `replica`.
/// Fails, quoting nothing of the URL, where libpq cannot read it.
[[nodiscard]] result<std::string> make_conninfo(const config::postgres_settings& settings,
                                                const std::string& replica);

} // namespace tinybook::storage::postgres
