#pragma once

#include "http/api/route.hpp"

#include <vector>

namespace tinybook::http {

/// Every route of the public listener: the API and the pages.
[[nodiscard]] std::vector<route> public_routes();
[[nodiscard]] std::vector<route> api_routes();

// Its parts, each beside its handlers.
[[nodiscard]] std::vector<route> account_routes();
[[nodiscard]] std::vector<route> session_routes();
[[nodiscard]] std::vector<route> code_routes();
[[nodiscard]] std::vector<route> password_routes();
[[nodiscard]] std::vector<route> security_routes();
[[nodiscard]] std::vector<route> article_routes();
[[nodiscard]] std::vector<route> reading_routes();
[[nodiscard]] std::vector<route> ranking_routes();
[[nodiscard]] std::vector<route> receipt_routes();
/// `/openapi.json`.
[[nodiscard]] std::vector<route> description_routes();
/// `/healthz` and `/readyz`, on both listeners.
[[nodiscard]] std::vector<route> health_routes();

} // namespace tinybook::http
