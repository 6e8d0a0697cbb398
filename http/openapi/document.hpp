#pragma once

#include "config/settings.hpp"
#include "http/api/route.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tinybook::http {

/// The headers of a success by name, as the document describes them, but for
/// `X-Request-Id`, which all answers have.
[[nodiscard]] nlohmann::ordered_json headers_of(answer_headers gives);

/// OpenAPI 3.1 of the routes that have an operation id, as JSON. Bounds that are
/// configured are those of `from`.
[[nodiscard]] std::string openapi_document(const std::vector<route>& routes,
                                           const config::settings& from);

} // namespace tinybook::http
