#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// Every route of the admin listener.
[[nodiscard]] std::vector<route> admin_routes();

} // namespace tinybook::http
