#pragma once

#include "config/settings.hpp"
#include "http/api/route.hpp"

#include <string>
#include <vector>

namespace tinybook::http {

/// OpenAPI 3.1 of the routes that have an operation id, as JSON. Bounds that are
/// configured are those of `from`.
[[nodiscard]] std::string openapi_document(const std::vector<route>& routes,
                                           const config::settings& from);

} // namespace tinybook::http
