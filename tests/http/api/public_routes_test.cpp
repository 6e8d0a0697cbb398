#include "http/admin/admin_routes.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/route_table.hpp"
#include "http/pages/page_routes.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string_view>
#include <vector>

namespace tinybook::http {

namespace {

std::vector<route> all_routes() {
  auto all = public_routes();
  for (auto& one : admin_routes())
    all.push_back(std::move(one));
  return all;
}

} // namespace

TEST_CASE(
    "the paths that existing clients use are there, open or closed as they should") {
  struct expected {
    const char* method;
    const char* path;
    auth_need auth;
  };
  const std::vector<expected> wanted{
      {"POST", "/users/signup", auth_need::none},
      {"POST", "/users/login", auth_need::none},
      {"POST", "/users/login_sms/code/send", auth_need::none},
      {"POST", "/users/login_sms", auth_need::none},
      {"POST", "/users/phone/code/send", auth_need::required},
      {"POST", "/users/phone/bind", auth_need::required},
      {"POST", "/users/password/code/send", auth_need::none},
      {"POST", "/users/password/reset", auth_need::none},
      {"POST", "/users/password/change", auth_need::required},
      {"GET", "/users/refresh_token", auth_need::refresh},
      {"GET", "/users/sessions", auth_need::required},
      {"POST", "/users/sessions/end", auth_need::required},
      {"POST", "/users/sessions/end_others", auth_need::required},
      {"POST", "/users/step_up", auth_need::required},
      {"POST", "/users/step_up/code/send", auth_need::required},
      {"POST", "/users/export", auth_need::required},
      {"POST", "/users/delete", auth_need::required},
      {"GET", "/users/events", auth_need::required},
      {"GET", "/users/logout", auth_need::ending},
      {"POST", "/users/logout", auth_need::ending},
      {"GET", "/users/profile", auth_need::required},
      {"POST", "/users/edit", auth_need::required},
      {"POST", "/articles/edit", auth_need::required},
      {"POST", "/articles/publish", auth_need::required},
      {"POST", "/articles/withdraw", auth_need::required},
      {"POST", "/articles/delete", auth_need::required},
      {"POST", "/articles/list", auth_need::required},
      {"GET", "/articles/detail/1", auth_need::required},
      {"GET", "/articles/pub/1", auth_need::reader},
      {"GET", "/articles/pub", auth_need::reader},
      {"POST", "/articles/like", auth_need::required},
      {"POST", "/articles/pub/like", auth_need::required},
      {"POST", "/articles/collect", auth_need::required},
      {"POST", "/articles/pub/collect", auth_need::required},
      {"GET", "/articles/rank/10", auth_need::reader},
      {"GET", "/articles/rank/of/7", auth_need::reader},
      {"POST", "/sms/receipts/hook", auth_need::none},
      {"POST", "/sms/receipts/hook/secret", auth_need::none},
      {"GET", "/openapi.json", auth_need::none},
      {"GET", "/healthz", auth_need::none},
      {"GET", "/readyz", auth_need::none},
  };
  route_table table(api_routes());
  for (const auto& one : wanted) {
    CAPTURE(one.path);
    auto match = table.find(one.method, one.path);
    REQUIRE(match.found != nullptr);
    CHECK(match.found->auth == one.auth);
  }
  CHECK_MESSAGE(api_routes().size() == wanted.size(),
                "each route of the API has its line in this list, and no other has");
}

TEST_CASE("a page asks for a session as its part of the API does, and is for people") {
  const route_table table(public_routes());
  for (const auto* closed : {"/profile", "/profile/edit", "/profile/phone",
                             "/profile/phone/enter", "/profile/password", "/security",
                             "/write", "/write/1", "/write/1/delete", "/mine"})
    CHECK_MESSAGE(table.find("GET", closed).found->auth == auth_need::required, closed);
  for (const auto* open : {"/", "/ranking", "/board", "/read/1"})
    CHECK_MESSAGE(table.find("GET", open).found->auth == auth_need::reader, open);
  for (const auto* sent : {"/write", "/write/1/withdraw", "/write/1/delete",
                           "/read/1/like", "/read/1/collect", "/profile/edit",
                           "/profile/password", "/profile/phone", "/profile/phone/enter"})
    CHECK_MESSAGE(table.find("POST", sent).found->auth == auth_need::required, sent);
  CHECK(public_routes().size() - api_routes().size() == page_routes().size());
  for (const auto& one : page_routes())
    CHECK_MESSAGE(one.face == route_face::page, one.path);
}

TEST_CASE("every route is described and no field is named twice") {
  for (const auto& one : all_routes()) {
    CAPTURE(one.path);
    CHECK(!one.summary.empty());
    std::set<std::string_view> names;
    for (const auto* fields : {&one.body, &one.path_fields, &one.query})
      for (const auto& field : *fields)
        CHECK(names.insert(field.name).second);
  }
}

TEST_CASE("fields that may hold a secret are marked as such on every route") {
  const std::set<std::string_view> secret{"email",       "password", "confirmPassword",
                                          "oldPassword", "phone",    "code"};
  for (const auto& one : all_routes())
    for (const auto& field : one.body)
      CHECK_MESSAGE(field.secret == secret.contains(field.name), field.name);
}

} // namespace tinybook::http
