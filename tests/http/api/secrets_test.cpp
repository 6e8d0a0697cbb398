#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook::http {

using test::api_world;
using test::raw_exchange;

namespace {

const std::vector<std::string> sent_secrets{
    "hunter2-Passw0rd", "s3cret.person@example.org", "+8613800138000",   "13800138000",
    "864209",           "eyJzZWNyZXQiOjF9.bearer",   "cookieSecretValue"};

const std::string secret_head =
    " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer eyJzZWNyZXQiOjF9.bearer"
    "\r\nCookie: tb_sms=cookieSecretValue; tb_device=cookieSecretValue"
    "\r\nUser-Agent: 13800138000\r\n";

/// Every secret in every field, whether the route knows the field or not.
const std::string secret_body =
    R"({"email":"s3cret.person@example.org","password":"hunter2-Passw0rd",)"
    R"("confirmPassword":"hunter2-Passw0rd","oldPassword":"hunter2-Passw0rd","phone":"+8613800138000",)"
    R"("code":"864209","nickname":"13800138000","birthday":"864209",)"
    R"("aboutMe":"hunter2-Passw0rd","title":"864209","content":"864209"})";

std::string post_to(const std::string& path) {
  return "POST " + path + secret_head + "Content-Length: "
         + std::to_string(secret_body.size()) + "\r\n\r\n" + secret_body;
}

std::vector<std::string> requests_full_of_secrets() {
  std::vector<std::string> all;
  for (const auto* path :
       {"/users/signup", "/users/login", "/users/login_sms", "/users/login_sms/code/send",
        "/users/edit", "/users/phone/code/send", "/users/phone/bind",
        "/users/password/code/send", "/users/password/reset", "/users/password/change",
        "/articles/edit", "/users/13800138000", "/users/login?code=864209"})
    all.push_back(post_to(path));
  for (const auto* path :
       {"/users/refresh_token", "/users/profile", "/articles/pub/13800138000",
        "/articles/rank/864209", "/articles/pub?after=hunter2-Passw0rd"})
    all.push_back("GET " + std::string{path} + secret_head + "\r\n");
  all.push_back("hunter2-Passw0rd /users/login" + secret_head + "\r\n");
  all.push_back("POST /users/login" + secret_head
                + "Content-Length: 30\r\n\r\n{\"password\":\"hunter2-Passw0rd\"");
  return all;
}

void check_clean(const std::string& text) {
  for (const auto& secret : sent_secrets)
    CHECK_MESSAGE(text.find(secret) == std::string::npos, secret);
}

} // namespace

TEST_CASE("codes, passwords, tokens and phones reach neither the log nor an error") {
  api_world w;
  for (const auto& request : requests_full_of_secrets())
    check_clean(raw_exchange(w.port, request));
  CHECK(w.log_text().find("request_refused") != std::string::npos);
  check_clean(w.log_text());
}

TEST_CASE("a cause from deep inside that quotes what it was given is logged without it") {
  api_world w;
  std::string cause;
  w.actors.fail = [&] {
    return failure{errc::internal, cause};
  };
  struct {
    const char* path;
    const char* cause;
  } const causes[] = {
      {"/users/signup", "no s3cret.person@example.org with hunter2-Passw0rd"},
      {"/users/login", "password=hunter2-Passw0rd&email=s3cret.person@example.org"},
      {"/users/login_sms", "INSERT ('+8613800138000','864209')"},
      {"/users/login_sms/code/send", "13800138000: cookieSecretValue"},
      {"/users/password/reset", "864209 for +8613800138000: hunter2-Passw0rd"},
  };
  for (const auto& one : causes) {
    cause = one.cause;
    check_clean(raw_exchange(w.port, post_to(one.path)));
  }
  CHECK(w.log_text().find("\"actor\":\"accounts\"") != std::string::npos);
  check_clean(w.log_text());
}

TEST_CASE("a failure is logged once, with everything that helps to find it") {
  api_world w;
  w.store.fail = [] {
    return failure{errc::unavailable, "the store is away"};
  };
  auto r = w.client().Get("/articles/pub/7");
  auto log = w.log_text();
  auto line = nlohmann::json::parse(log);
  CHECK(line["level"] == "warn");
  CHECK(line["requestId"] == r->get_header_value("X-Request-Id"));
  CHECK(line["method"] == "GET");
  CHECK(line["route"] == "/articles/pub/:id");
  CHECK(line["status"] == 503);
  CHECK(line["error"] == "unavailable");
  CHECK(line["actor"] == "store");
  CHECK(line["detail"] == "the store is away");
  CHECK(line["client"] == "127.0.0.1");
}

} // namespace tinybook::http
