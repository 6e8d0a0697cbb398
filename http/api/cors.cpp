#include "http/api/cors.hpp"

#include <algorithm>

namespace tinybook::http {

bool cors_policy::allows(std::string_view origin) const {
  return std::ranges::find(origins_, origin) != origins_.end();
}

void cors_policy::decorate(std::string_view origin, httplib::Headers& headers) const {
  if (origins_.empty())
    return;
  headers.emplace("Vary", "Origin");
  if (origin.empty() || !allows(origin))
    return;
  headers.emplace("Access-Control-Allow-Origin", origin);
  headers.emplace("Access-Control-Allow-Credentials", "true");
  headers.emplace("Access-Control-Expose-Headers",
                  "X-Jwt-Token, X-Refresh-Token, X-Request-Id, Retry-After");
}

bool cors_policy::is_preflight(const httplib::Request& request) {
  return request.method == "OPTIONS" && request.has_header("Origin")
         && request.has_header("Access-Control-Request-Method");
}

void cors_policy::answer_preflight(std::string_view origin,
                                   httplib::Headers& headers) const {
  if (!allows(origin))
    return;
  headers.emplace("Access-Control-Allow-Methods", "GET, POST");
  headers.emplace("Access-Control-Allow-Headers",
                  "authorization,content-type,idempotency-key,x-verdict-token");
  headers.emplace("Access-Control-Max-Age", "600");
}

} // namespace tinybook::http
