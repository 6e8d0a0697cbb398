#include "http/pages/page_routes.hpp"

#include "http/pages/forms.hpp"

#include <iterator>

namespace tinybook::http {

route page_at(std::string_view path, handler handle, std::string_view summary,
              auth_need auth, asked_actor asks) {
  return {.method = "GET",
          .path = path,
          .auth = auth,
          .asks = asks,
          .handle = handle,
          .summary = summary,
          .face = route_face::page};
}

route form_at(std::string_view path, handler handle, asked_actor asks,
              std::string_view summary, std::vector<field_spec> body, auth_need auth) {
  return {.method = "POST",
          .path = path,
          .auth = auth,
          .asks = asks,
          .handle = handle,
          .summary = summary,
          .body = std::move(body),
          .limit = body_limit::article, // A log-in may carry an article on.
          .deadline =
              asks == asked_actor::accounts ? deadline_kind::login : deadline_kind::usual,
          .face = route_face::page,
          .takes_verdict_token = is_judged(path)};
}

std::vector<route> page_routes() {
  std::vector<route> all;
  for (auto part :
       {home_page_routes, log_in_page_routes, code_page_routes, profile_page_routes,
        security_page_routes, prove_page_routes, reading_page_routes, writing_page_routes,
        reference_page_routes, well_known_page_routes}) {
    auto some = part();
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

} // namespace tinybook::http
