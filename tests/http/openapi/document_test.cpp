#include "http/api/error_texts.hpp"
#include "http/api/public_routes.hpp"
#include "http/api/route_table.hpp"
#include "http/openapi/document.hpp"
#include "http/openapi/errors_of.hpp"
#include "tests/http/api/api_world.hpp"
#include "tests/support/api_contract.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

namespace tinybook::http {

using nlohmann::json;
using tinybook::test::api_contract;
using tinybook::test::json_schema;

namespace {

json document_of(const config::settings& from = config::defaults()) {
  return json::parse(openapi_document(api_routes(), from));
}

/// Calls `visit` with method, path and description of each operation.
template <class Visit>
void for_each_operation(const json& document, Visit visit) {
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      CAPTURE(path);
      CAPTURE(method);
      visit(method, path, operation);
    }
}

/// Calls `visit` with every `$ref`.
template <class Visit>
void for_each_reference(const json& in, const Visit& visit) {
  if (in.is_object() && in.contains("$ref"))
    visit(in["$ref"].get<std::string>());
  if (in.is_structured())
    for (const auto& inner : in)
      for_each_reference(inner, visit);
}

/// Null where there is none.
json example_of(const json& content) {
  return content.at("application/json").value("example", json{});
}

const json& schema_of(const json& content) {
  return content.at("application/json").at("schema");
}

/// A request as the examples of the document make it.
httplib::Request request_by(const std::string& method, std::string path,
                            const json& operation, test::api_world& world) {
  httplib::Request made;
  for (const auto& one : operation.value("parameters", json::array()))
    if (one["in"] == "path") {
      const auto sample = one["example"];
      const auto name = '{' + one["name"].get<std::string>() + '}';
      path.replace(path.find(name), name.size(),
                   sample.is_string() ? sample.get<std::string>() : sample.dump());
    }
  made.method = method == "get" ? "GET" : "POST";
  made.path = path;
  if (!operation["security"].empty())
    made.headers.emplace("Authorization", "Bearer " + world.access_token());
  if (operation.contains("requestBody")) {
    made.body = example_of(operation["requestBody"]["content"]).dump();
    made.headers.emplace("Content-Type", "application/json");
  }
  return made;
}

} // namespace

TEST_CASE("every public route is an operation, and every operation is a route") {
  const auto document = document_of();
  const route_table table(api_routes());
  std::set<std::string> ids;
  std::size_t operations = 0;
  for_each_operation(document, [&](const std::string& method, const std::string& path,
                                   const json& operation) {
    ++operations;
    CHECK(ids.insert(operation["operationId"]).second);
    CHECK_FALSE(operation["summary"].get<std::string>().empty());
    const auto found = table.find(method == "get" ? "GET" : "POST", path);
    REQUIRE(found.found != nullptr);
    CHECK(found.found->promised.id == operation["operationId"].get<std::string>());
  });
  CHECK(operations == table.all().size());
}

TEST_CASE(
    "every reference of the document leads somewhere, and every component is used") {
  const auto document = document_of();
  std::set<std::string> used;
  for_each_reference(document, [&](const std::string& to) {
    CAPTURE(to);
    used.insert(to);
    CHECK(document.contains(json::json_pointer{to.substr(1)}));
  });
  for (const auto* kind : {"schemas", "responses", "headers"})
    for (const auto& [name, unused] : document["components"][kind].items())
      CHECK_MESSAGE(used.contains("#/components/" + std::string{kind} + '/' + name),
                    name);
}

TEST_CASE("examples conform to their schemas") {
  const json_schema with(document_of());
  auto check = [&](const json& content) {
    CHECK(with.fault_of(example_of(content), schema_of(content)) == "");
  };
  for_each_operation(with.document(), [&](const auto&, const auto&, const json& of) {
    if (of.contains("requestBody") && example_of(of["requestBody"]["content"]) != nullptr)
      check(of["requestBody"]["content"]);
    for (const auto& one : of.value("parameters", json::array()))
      CHECK(with.fault_of(one["example"], one["schema"]) == "");
    for (const auto& [status, response] : of["responses"].items()) {
      CAPTURE(status);
      if (with.resolved(response).contains("content"))
        check(with.resolved(response)["content"]);
    }
  });
}

TEST_CASE("examples are what a client would send and get") {
  const auto document = document_of();
  const auto& prove = document["paths"]["/users/step_up"]["post"]["requestBody"];
  CHECK(prove["required"] == true);
  CHECK(example_of(prove["content"]) == json{{"password", "correct horse"}});
  CHECK(document["components"]["schemas"]["StepUpRequest"]["description"]
        == "Exactly one of the fields is needed.");

  const auto& exported = document["paths"]["/users/export"]["post"]["responses"]["200"];
  const auto shown = example_of(exported["content"]);
  CHECK(shown["account"]["email"] == "ann@example.org");
  for (const auto* list :
       {"sessions", "articles", "likes", "collections", "messages", "events"})
    CHECK_MESSAGE(shown[list].size() == 1, list);

  for (const auto& one : document["paths"]["/users/events"]["get"]["parameters"])
    if (one["name"] == "before") {
      CHECK(one["example"] == "1764489600000-7");
      CHECK(one["schema"]["pattern"] == "^[0-9]+-[0-9]+$");
    }
  for_each_operation(document, [&](const auto&, const auto&, const json& of) {
    for (const auto& one : of.value("parameters", json::array()))
      CHECK_MESSAGE(one["example"] != "text", one["name"]);
  });
}

TEST_CASE("bounds of inputs are those that are configured") {
  auto settings = config::defaults();
  settings.passwords.min_length = 9;
  settings.articles.max_list_limit = 77;
  const auto document = document_of(settings);
  const auto& sign_up = document["components"]["schemas"]["SignUpRequest"];
  CHECK(sign_up["properties"]["password"]["minLength"] == 9);
  CHECK(sign_up["additionalProperties"] == true);
  CHECK(document["components"]["schemas"]["EditProfileRequest"]["properties"]["nickname"]
                ["maxLength"]
        == 10);
  const auto& list = document["components"]["schemas"]["ListOwnArticlesRequest"];
  CHECK(list["properties"]["limit"]["maximum"] == 77);
}

TEST_CASE("auth is that of the route and of the settings") {
  auto settings = config::defaults();
  auto security = [&](const char* path, const char* method) {
    return document_of(settings)["paths"][path][method]["security"];
  };
  const json token{{"bearer", json::array()}};
  CHECK(security("/users/login", "post") == json::array());
  CHECK(security("/users/profile", "get") == json::array({token}));
  CHECK(security("/articles/pub", "get") == json::array({json::object(), token}));
  CHECK(security("/users/refresh_token", "get")
        == json::array({{{"refreshToken", json::array()}}}));
  CHECK(security("/users/logout", "post")
        == json::array({token, {{"refreshToken", json::array()}}}));
  settings.http.require_login_to_read = true;
  CHECK(security("/articles/pub", "get") == json::array({token}));
}

TEST_CASE("the token that a refused log-in of who is banned gives is described there") {
  const auto document = document_of();
  std::string given;
  for_each_operation(
      document, [&](const auto&, const std::string& path, const json& operation) {
        for (const auto& [status, said] : operation["responses"].items()) {
          const auto& answer = said.contains("$ref") ? document.at(json::json_pointer{
                                   said["$ref"].template get<std::string>().substr(1)})
                                                     : said;
          if (status >= "400"
              && answer.value("headers", json::object()).contains("X-Jwt-Token"))
            given += path + ' ' + status + ' ';
        }
      });
  CHECK(given == "/users/login 403 /users/login_sms 403 ");
}

TEST_CASE("errors that follow from other members of a route are derived") {
  route of{.method = "GET", .path = "/a"};
  auto has = [&](errc code, bool login_to_read = false) {
    const auto all = errors_of(of, login_to_read);
    return std::ranges::count(all, code) == 1;
  };
  CHECK(has(errc::bad_request));
  CHECK(has(errc::rate_limited));
  for (const auto code : {errc::invalid_field, errc::malformed_json, errc::token_expired,
                          errc::login_required, errc::starting, errc::key_reused})
    CHECK_FALSE(has(code));
  of.query = {{.name = "n"}};
  CHECK(has(errc::invalid_field));
  CHECK_FALSE(has(errc::unsupported_media));
  CHECK_FALSE(has(errc::origin_refused));
  of.method = "POST";
  CHECK(has(errc::unsupported_media));
  CHECK(has(errc::origin_refused));
  CHECK_FALSE(has(errc::malformed_json));
  of.body = {{.name = "title"}};
  CHECK(has(errc::malformed_json));
  of.takes_key = true;
  CHECK(has(errc::key_reused));
  of.asks = asked_actor::store;
  CHECK(has(errc::database_busy));
  of.auth = auth_need::reader;
  CHECK(has(errc::token_revoked));
  CHECK_FALSE(has(errc::login_required));
  CHECK(has(errc::login_required, true));
  CHECK_FALSE(has(errc::token_reused));
  of.auth = auth_need::refresh;
  CHECK(has(errc::token_reused));
  of.promised.errors = {errc::token_reused, errc::article_not_found};
  CHECK(has(errc::token_reused));
  CHECK(has(errc::article_not_found));
}

TEST_CASE("the document is served to anybody and may be kept") {
  test::api_world w;
  const auto r = w.client().Get("/openapi.json");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->get_header_value("Cache-Control") == "public, max-age=300");
  CHECK(test::json_of(r) == document_of(w.settings));

  auto client = w.client();
  client.set_decompress(false);
  const auto zipped = client.Get("/openapi.json", {{"Accept-Encoding", "gzip"}});
  CHECK(zipped->get_header_value("Content-Encoding") == "gzip");
  CHECK(zipped->get_header_value("Vary") == "Accept-Encoding");
  CHECK(zipped->body.size() * 5 < r->body.size());
  const auto tag = zipped->get_header_value("ETag");
  CHECK(tag != r->get_header_value("ETag")); // Strong: of other bytes.
  for (const auto& has : {tag, "\"other\", W/" + tag, std::string{"*"}}) {
    const auto same = client.Get("/openapi.json",
                                 {{"Accept-Encoding", "gzip"}, {"If-None-Match", has}});
    REQUIRE(same);
    CHECK(same->status == 304);
    CHECK(same->body.empty());
    CHECK_FALSE(same->has_header("Content-Length"));
    CHECK(same->get_header_value("ETag") == tag);
  }
  CHECK(client.Get("/openapi.json", {{"If-None-Match", tag}})->status == 200);
}

TEST_CASE("answers are as the document says, whatever the actors say") {
  test::api_world w;
  w.push(test::sample_board(w.now, 3));
  const api_contract promised(document_of(w.settings));
  const route_table table(api_routes());
  auto client = w.client();
  for_each_operation(
      promised.schemas().document(),
      [&](const std::string& method, const std::string& path, const json& operation) {
        const auto* of = table.find(method == "get" ? "GET" : "POST", path).found;
        REQUIRE(of != nullptr);
        auto ask = [&] {
          const auto request = request_by(method, path, operation, w);
          const auto answered = client.send(request);
          REQUIRE(answered);
          CHECK(promised.fault_of(request.method, request.path, *answered) == "");
        };
        w.actors.fail = w.store.fail = nullptr;
        ask();
        for (const auto code : errors_of(*of, false)) {
          CAPTURE(describe(code).name);
          w.actors.fail = w.store.fail = [code] {
            return std::optional{failure{code}};
          };
          ask();
        }
      });
}

} // namespace tinybook::http
