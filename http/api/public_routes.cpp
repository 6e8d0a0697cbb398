#include "http/api/public_routes.hpp"

#include "http/pages/page_routes.hpp"

#include <iterator>

namespace tinybook::http {

std::vector<route> public_routes() {
  auto all = api_routes();
  auto pages = page_routes();
  std::ranges::move(pages, std::back_inserter(all));
  return all;
}

std::vector<route> api_routes() {
  std::vector<route> all;
  for (auto part :
       {account_routes, session_routes, code_routes, password_routes, article_routes,
        reading_routes, ranking_routes, receipt_routes, health_routes}) {
    auto some = part();
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  return all;
}

} // namespace tinybook::http
