#include "http/api/public_routes.hpp"
#include "http/api/respond.hpp"

namespace tinybook::http {

namespace {

constexpr schema document_schema = schema::any();

/// The same for all until the next start.
task<result<answer>> show_document(call c) {
  co_return cacheable_text(c.request, c.env.openapi, "public, max-age=300",
                           answer{}.content_type);
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
