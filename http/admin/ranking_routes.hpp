#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// What operators do about the boards.
[[nodiscard]] std::vector<route> ranking_admin_routes();

} // namespace tinybook::http
