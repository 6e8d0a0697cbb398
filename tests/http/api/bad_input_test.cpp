#include "actors/accounts/messages.hpp"
#include "http/api/error_texts.hpp"
#include "tests/http/api/api_world.hpp"
#include "tests/support/waiting.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace tinybook::http {

using test::api_world;
using test::json_of;
using test::raw_exchange;

namespace {

std::string
post_request(const std::string& path, const std::string& body,
             const std::string& headers = "Content-Type: application/json\r\n") {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers
         + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string plain_request(const std::string& target, const std::string& method = "GET") {
  return method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

struct bad_request_case {
  const char* what;
  std::string bytes;
  int status;
  std::string error;
};

std::vector<bad_request_case> bad_bodies() {
  const std::string login = "/users/login";
  std::string deep = R"({"a":)" + std::string(5000, '[');
  std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  std::string nul = R"({"email":"a)";
  nul += '\0';
  nul += R"(b","password":"p"})";
  return {
      {"malformed JSON", post_request(login, R"({"email":)"), 400, "malformed_json"},
      {"no JSON", post_request(login, "hello"), 400, "malformed_json"},
      {"empty body", post_request(login, ""), 400, "invalid_field"},
      {"array", post_request(login, "[]"), 400, "invalid_field"},
      {"wrong types", post_request(login, R"({"email":1,"password":{}})"), 400,
       "invalid_field"},
      {"missing fields", post_request(login, "{}"), 400, "invalid_field"},
      {"null fields", post_request(login, R"({"email":null,"password":null})"), 400,
       "invalid_field"},
      {"bad UTF-8", post_request(login, "{\"email\":\"\xff\xfe\"}"), 400,
       "malformed_json"},
      {"NUL byte", post_request(login, nul), 400, "malformed_json"},
      {"escaped NUL", post_request(login, R"({"email":"a\u0000","password":"p"})"), 400,
       "invalid_field"},
      {"lone surrogate", post_request(login, R"({"email":"\ud800","password":"p"})"), 400,
       "invalid_field"},
      {"deep nesting", post_request(login, deep), 400, "malformed_json"},
      {"form body", post_request(login, "email=a&password=b", form), 415,
       "unsupported_media"},
      {"text body", post_request(login, "{}", "Content-Type: text/plain\r\n"), 415,
       "unsupported_media"},
      {"body without a type", post_request(login, "{}", ""), 415, "unsupported_media"},
      {"over-long body", post_request(login, std::string(70'000, ' ')), 413,
       "body_too_large"},
      {"over-long chunked body",
       "POST /users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
       "chunked\r\n\r\n11170\r\n"
           + std::string(70'000, 'x') + "\r\n0\r\n\r\n",
       413, "body_too_large"},
      {"broken chunks",
       "POST /users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
       "chunked\r\n\r\nzz\r\n",
       400, "bad_request"},
  };
}

std::vector<bad_request_case> bad_targets() {
  std::string headers;
  for (int i = 0; i < 5000; ++i)
    headers += "X-H" + std::to_string(i) + ": v\r\n";
  return {
      {"unknown path", plain_request("/nowhere"), 404, "no_such_path"},
      {"unknown method on a known path", plain_request("/users/login", "BREW"), 405,
       "method_not_allowed"},
      {"unknown method on an unknown path", plain_request("/nowhere", "BREW"), 404,
       "no_such_path"},
      {"wrong method", plain_request("/users/login"), 405, "method_not_allowed"},
      {"PUT", plain_request("/articles/pub/1", "PUT"), 405, "method_not_allowed"},
      {"id that is no number", plain_request("/articles/pub/abc"), 400, "invalid_field"},
      {"id out of range", plain_request("/articles/pub/9007199254740992"), 400,
       "invalid_field"},
      {"negative id", plain_request("/articles/pub/-1"), 400, "invalid_field"},
      {"id zero", plain_request("/articles/pub/0"), 400, "invalid_field"},
      {"bad UTF-8 in the path", plain_request("/articles/pub/%ff%fe"), 400,
       "invalid_field"},
      {"NUL in the path", plain_request("/articles/pub/1%00"), 400, "invalid_field"},
      {"broken percent sign", plain_request("/articles/pub/%zz"), 400, "invalid_field"},
      {"dots in the path", plain_request("/articles/../users/profile"), 404,
       "no_such_path"},
      {"bad query", plain_request("/articles/pub?limit=999999999999999999999"), 400,
       "invalid_field"},
      {"long target", plain_request("/articles/pub?x=" + std::string(9000, 'a')), 414,
       "uri_too_long"},
      {"thousands of headers", "GET /healthz HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n",
       431, "head_too_large"},
      {"long header",
       "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(40'000, 'a')
           + "\r\n\r\n",
       431, "head_too_large"},
      {"nonsense", "nonsense\r\n\r\n", 400, "bad_request"},
      {"no version", "GET /healthz\r\n\r\n", 400, "bad_request"},
  };
}

void expect(std::uint16_t port, const bad_request_case& one) {
  CAPTURE(one.what);
  auto got = raw_exchange(port, one.bytes);
  REQUIRE(got.starts_with("HTTP/1.1 "));
  CHECK(got.substr(9, 3) == std::to_string(one.status));
  CHECK(got.find("X-Request-Id: ") != std::string::npos);
  CHECK(got.find("Content-Type: application/json; charset=utf-8") != std::string::npos);
  auto body = nlohmann::json::parse(got.substr(got.find("\r\n\r\n") + 4), nullptr, false);
  REQUIRE(body.is_object());
  CHECK(body["error"] == one.error);
  CHECK(body["code"] != 0);
  CHECK(body["data"].is_null());
  CHECK(body["fields"].is_array());
  CHECK(body["requestId"].is_string());
}

} // namespace

TEST_CASE("bad bodies of every kind get a 4xx in the envelope") {
  api_world w;
  for (const auto& one : bad_bodies())
    expect(w.port, one);
  CHECK(!w.actors.last<log_in>());
}

TEST_CASE("bad targets and heads of every kind get a 4xx in the envelope") {
  api_world w;
  for (const auto& one : bad_targets())
    expect(w.port, one);
}

TEST_CASE("all refused fields are named at once, with texts in the asked language") {
  api_world w;
  auto r = w.client().Post("/users/signup", {{"Accept-Language", "zh-CN"}},
                           R"({"email":1})", "application/json");
  auto body = json_of(r);
  CHECK(body["msg"] == "有字段不符合要求。");
  REQUIRE(body["fields"].size() == 3);
  CHECK(body["fields"][0]
        == nlohmann::json{
            {"field", "email"}, {"rule", "wrong_type"}, {"msg", "此项应为文本。"}});
  CHECK(body["fields"][1]["field"] == "password");
  CHECK(body["fields"][2]["rule"] == "required");
}

TEST_CASE("what must not be empty is said so, a longer minimum by its number") {
  CHECK(text_of({"reason", field_rule::too_short, 1}, language::en)
        == "This must not be empty.");
  CHECK(text_of({"reason", field_rule::too_short, 1}, language::zh) == "不能为空。");
  CHECK(text_of({"password", field_rule::too_short, 8}, language::en)
        == "At least 8 characters are needed.");
}

TEST_CASE("a large body is read away from the pollers, with the same answers") {
  api_world w;
  auto c = w.client();
  const auto headers = w.bearer(w.access_token());
  const auto save = [&](std::size_t bytes, const std::string& end) {
    return c
        .Post("/articles/edit", headers,
              R"({"title":"t","content":")" + std::string(bytes, 'x') + end,
              "application/json")
        ->status;
  };
  const auto& elsewhere = *w.stubs().long_work.meter();
  CHECK(save(60'000, "\"}") == 200);
  CHECK(save(60'000, "\n\"}") == 400);
  CHECK(elsewhere.handled() == 0);
  CHECK(save(70'000, "\"}") == 200);
  CHECK(save(70'000, "\n\"}") == 400);
  // It counts a message once that is over, which may be after the answer.
  CHECK(tinybook::test::wait_until(std::chrono::seconds{5},
                                   [&elsewhere] { return elsewhere.handled() == 2; }));
}

TEST_CASE("an article's body may be larger than others, up to its own limit") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token());
  auto with = [](std::size_t bytes) {
    return R"({"title":"t","content":")" + std::string(bytes, 'a') + "\"}";
  };
  auto media = "application/json";
  CHECK(c.Post("/articles/edit", headers, with(1'200'000), media)->status == 200);
  CHECK(c.Post("/articles/edit", headers, with(1'400'000), media)->status == 413);
}

TEST_CASE("405 and OPTIONS name the allowed methods") {
  api_world w;
  auto c = w.client();
  CHECK(c.Get("/users/login")->get_header_value("Allow") == "POST, OPTIONS");
  auto options = c.Options("/users/logout");
  CHECK(options->status == 200);
  CHECK(options->get_header_value("Allow") == "POST, GET, OPTIONS");
  CHECK(c.Options("/nowhere")->status == 404);
  CHECK(raw_exchange(w.port, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
            .starts_with("HTTP/1.1 200"));
}

TEST_CASE("duplicate keys and unknown fields are taken") {
  api_world w;
  auto bytes = post_request(
      "/users/login", R"({"email":"x","email":"a@b.cn","password":"p","more":[{}]})");
  CHECK(raw_exchange(w.port, bytes).starts_with("HTTP/1.1 200"));
  CHECK(w.actors.last<log_in>()->email == "a@b.cn");
}

} // namespace tinybook::http
