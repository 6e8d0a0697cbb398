#include "actors/accounts/messages.hpp"
#include "actors/codes/messages.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

using test::api_world;
using test::json_media;
using test::json_of;

TEST_CASE("each way to send a code has its purpose and sets the asker's cookie") {
  api_world w;
  auto c = w.client();
  struct {
    const char* path;
    const char* purpose;
  } const ways[] = {{"/users/login_sms/code/send", "login"},
                    {"/users/password/code/send", "reset_password"}};
  for (const auto& way : ways) {
    CAPTURE(way.path);
    auto sent = c.Post(way.path, w.bearer(w.access_token()), R"({"phone":"13800138000"})",
                       json_media);
    REQUIRE(sent);
    CHECK(sent->status == 200);
    CHECK(w.actors.last<send_code>()->purpose == way.purpose);
    CHECK(w.actors.last<send_code>()->client.address == "127.0.0.1");
    CHECK(sent->get_header_value("Set-Cookie").starts_with("tb_sms="));
  }
  struct {
    const char* path;
    const char* purpose;
    const char* phone;
  } const own[] = {{"/users/phone/code/send", "bind_phone", "13800138000"},
                   {"/users/step_up/code/send", "step_up", ""}};
  for (const auto& way : own) {
    CAPTURE(way.path);
    auto sent = c.Post(way.path, w.bearer(w.access_token()), R"({"phone":"13800138000"})",
                       json_media);
    REQUIRE(sent);
    CHECK(sent->status == 200);
    const auto asked = w.actors.last<send_own_code>();
    CHECK(asked->purpose == way.purpose);
    CHECK(asked->phone == way.phone);
    CHECK(asked->user == 7);
    CHECK(asked->family == "family1");
    CHECK(sent->get_header_value("Set-Cookie").starts_with("tb_sms="));
  }
}

TEST_CASE("who binds a phone or changes a password must be logged in") {
  api_world w;
  auto c = w.client();
  for (const auto* path :
       {"/users/phone/code/send", "/users/phone/bind", "/users/password/change"})
    CHECK(json_of(c.Post(path, "{}", json_media)).value("error", "") == "login_required");
}

TEST_CASE("binding hands phone, code and the asker's cookie to the accounts actor") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token());
  auto sent =
      c.Post("/users/phone/code/send", headers, R"({"phone":"13800138000"})", json_media);
  auto cookie = sent->get_header_value("Set-Cookie");
  headers.emplace("Cookie", cookie.substr(0, cookie.find(';')));
  auto r = c.Post("/users/phone/bind", headers,
                  R"({"phone":"13800138000","code":"123456"})", json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  auto asked = w.actors.last<bind_own_phone>();
  REQUIRE(asked);
  CHECK(asked->user == 7);
  CHECK(asked->phone == "13800138000");
  CHECK(asked->code == "123456");
  CHECK(asked->client.asker == "asker-id");
}

TEST_CASE("a reset needs no log-in and gives no tokens, but makes its browser known") {
  api_world w;
  auto r = w.client().Post(
      "/users/password/reset", w.bearer("junk"),
      R"({"phone":"13800138000","code":"123456","password":"new password"})", json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(!r->has_header("X-Jwt-Token"));
  CHECK(r->get_header_value("Set-Cookie").starts_with("tb_device=of the browser;"));
  auto asked = w.actors.last<reset_password>();
  REQUIRE(asked);
  CHECK(asked->phone == "13800138000");
  CHECK(asked->code == "123456");
  CHECK(asked->password == "new password");
  CHECK(asked->client.address == "127.0.0.1");
}

TEST_CASE("a change answers with new tokens as a log-in does") {
  api_world w;
  auto headers = w.bearer(w.access_token());
  headers.emplace("Cookie", "tb_device=" + w.access_token("f", token_kind::device));
  auto r = w.client().Post("/users/password/change", headers,
                           R"({"oldPassword":"old one","password":"new password"})",
                           json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->get_header_value("X-Jwt-Token") == "access.token.value");
  CHECK(r->get_header_value("X-Refresh-Token") == "refresh.token.value");
  CHECK(r->get_header_value("Set-Cookie").starts_with("tb_device="));
  auto asked = w.actors.last<change_password>();
  REQUIRE(asked);
  CHECK(asked->user == 7);
  CHECK(asked->old_password == "old one");
  CHECK(asked->password == "new password");
  CHECK(asked->client.device == "id1");
  CHECK(asked->client.device_user == 7);
}

TEST_CASE("a send that is held back answers 429 with Retry-After") {
  api_world w;
  w.actors.fail = [] {
    return failure{errc::send_held, std::chrono::minutes{50}};
  };
  auto r = w.client().Post("/users/password/code/send", R"({"phone":"+4915112345678"})",
                           json_media);
  REQUIRE(r);
  CHECK(r->status == 429);
  CHECK(r->get_header_value("Retry-After") == "3000");
  CHECK(json_of(r)["error"] == "send_held");
}

} // namespace tinybook::http
