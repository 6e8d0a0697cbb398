#include "http/api/environment.hpp"
#include "http/api/route_table.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook::http {

namespace {

task<result<answer>> nothing(call /*c*/) {
  co_return answer{};
}

route make(std::string_view method, std::string_view path, std::size_t parameters = 0) {
  route made{.method = method, .path = path, .handle = nothing};
  made.path_fields.resize(parameters);
  return made;
}

const route_table& sample() {
  static const route_table table({
      make("GET", "/"),
      make("POST", "/users/login"),
      make("GET", "/users/logout"),
      make("POST", "/users/logout"),
      make("GET", "/articles/pub"),
      make("POST", "/articles/pub/like"),
      make("GET", "/articles/pub/:id", 1),
      make("POST", "/a/:x/b/:y", 2),
  });
  return table;
}

std::string_view found(std::string_view method, std::string_view path) {
  auto match = sample().find(method, path);
  return match.found != nullptr ? match.found->path : "";
}

} // namespace

TEST_CASE("a path finds its route by method") {
  CHECK(found("POST", "/users/login") == "/users/login");
  CHECK(found("GET", "/users/logout") == "/users/logout");
  CHECK(found("GET", "/") == "/");
  CHECK(found("GET", "/articles/pub") == "/articles/pub");
  CHECK(found("GET", "/users/login") == "");
  CHECK(sample().find("GET", "/users/login").path_known);
  CHECK(sample().find("BREW", "/users/login").path_known);
}

TEST_CASE("parameters are handed over raw and in order") {
  auto match = sample().find("POST", "/a/1%2F2/b/%E4%BD%A0");
  REQUIRE(match.found != nullptr);
  CHECK(match.parameter_count == 2);
  CHECK(match.parameters[0] == "1%2F2");
  CHECK(match.parameters[1] == "%E4%BD%A0");
}

TEST_CASE("a fixed segment wins over a parameter") {
  CHECK(found("POST", "/articles/pub/like") == "/articles/pub/like");
  CHECK(found("GET", "/articles/pub/7") == "/articles/pub/:id");
}

TEST_CASE("percent-encoded segments are the same path") {
  CHECK(found("POST", "/users/lo%67in") == "/users/login");
  CHECK(found("POST", "/users%2Flogin") == "");
}

TEST_CASE("HEAD finds the route of GET") {
  CHECK(found("HEAD", "/articles/pub") == "/articles/pub");
  CHECK(found("HEAD", "/users/login") == "");
}

TEST_CASE("unknown paths are unknown, also with slashes too many") {
  for (const auto* path : {"/users", "/users/login/", "//users/login", "/articles/pub/",
                           "", "*", "users/login", "/users/login/x", "/articles//1"})
    CHECK_MESSAGE(!sample().find("POST", path).path_known, path);
}

TEST_CASE("the allowed methods of a path are told") {
  CHECK(sample().allowed_methods("/users/logout") == "GET, HEAD, POST, OPTIONS");
  CHECK(sample().allowed_methods("/users/login") == "POST, OPTIONS");
  CHECK(sample().allowed_methods("/nowhere").empty());
}

TEST_CASE("any bytes as a path are looked up without harm") {
  CHECK(rc::check("no crash", [](const std::string& path) {
    auto match = sample().find("GET", "/" + path);
    RC_ASSERT(match.parameter_count <= route_match::max_parameters);
  }));
}

} // namespace tinybook::http
