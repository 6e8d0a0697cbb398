#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

constexpr schema document_schema = schema::any();

/// The same for all until the next start.
task<result<answer>> show_document(call c) {
  answer out{.body = c.env.openapi, .no_store = false};
  out.headers.emplace_back("Cache-Control", "public, max-age=300");
  co_return out;
}

} // namespace

std::vector<route> description_routes() {
  return {{.method = "GET",
           .path = "/openapi.json",
           .handle = show_document,
           .summary = "This API, as OpenAPI 3.1.",
           .promised = {.id = "getDescription",
                        .data = &document_schema,
                        .bare = true,
                        .gives = answer_headers::cacheable}}};
}

} // namespace tinybook::http
