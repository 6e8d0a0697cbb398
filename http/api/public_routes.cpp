#include "http/api/public_routes.hpp"

#include "http/pages/page_routes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tinybook::http {

std::vector<route> public_routes() {
  auto all = api_routes();
  auto pages = page_routes();
  std::ranges::move(pages, std::back_inserter(all));
  return all;
}

std::vector<route> api_routes() {
  struct part {
    route_tag tag;
    std::vector<route> (*routes)();
  };
  std::vector<route> all;
  for (const auto& [tag, routes] :
       {part{{"Accounts", "Signing up, and the profile."}, account_routes},
        part{{"Sessions", "Logging in and out, and tokens."}, session_routes},
        part{{"Codes", "Codes that are sent to a phone."}, code_routes},
        part{{"Passwords", "New passwords, and the phone of an account."},
             password_routes},
        part{{"Security",
              "Proofs of who asks, what has happened to the account, and its end."},
             security_routes},
        part{{"Articles", "What authors and readers do with articles."}, article_routes},
        part{{"Reading", "Published articles."}, reading_routes},
        part{{"Ranking", "The most liked articles, of all time, of a week and of a day."},
             ranking_routes},
        part{{"Delivery reports", "For SMS providers."}, receipt_routes},
        part{{"Health", "For whoever watches the process."}, health_routes},
        part{{"Description", "This document."}, description_routes}})
    for (auto& one : routes()) {
      one.promised.tag = tag;
      all.push_back(std::move(one));
    }
  return all;
}

} // namespace tinybook::http
