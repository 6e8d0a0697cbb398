#pragma once

#include "http/server/connection.hpp"

#include <httplib.h>

namespace tinybook::http {

/// The whole request that `from` holds: see `server_hooks::begin`.
[[nodiscard]] httplib::Request whole_request(const connection& from);

/// What is known of the current request of `from`: see `server_hooks::render_error`.
[[nodiscard]] httplib::Request known_request(const connection& from);

} // namespace tinybook::http
