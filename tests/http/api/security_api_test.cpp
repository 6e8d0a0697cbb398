#include "actors/accounts/messages.hpp"
#include "http/api/audit_json.hpp"
#include "http/api/public_routes.hpp"
#include "storage/audit_store.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <string>
#include <utility>

namespace tinybook::http {

using test::api_world;
using test::json_of;

TEST_CASE("a step-up takes a password or a code, not both and not neither") {
  api_world w;
  const auto headers = w.bearer(w.access_token());
  const auto prove = [&](const std::string& body) {
    return w.client().Post("/users/step_up", headers, body, "application/json")->status;
  };
  CHECK(prove(R"({"password":"secret words"})") == 200);
  auto asked = w.actors.last<step_up>();
  REQUIRE(asked);
  CHECK(asked->password == "secret words");
  CHECK(asked->code.empty());
  CHECK(asked->family == "family1");
  CHECK(prove(R"({"code":"123456"})") == 200);
  CHECK(w.actors.last<step_up>()->code == "123456");
  for (const auto* body :
       {"{}", R"({"password":""})", R"({"password":"a","code":"123456"})"}) {
    auto r = w.client().Post("/users/step_up", headers, body, "application/json");
    REQUIRE(r);
    CHECK(r->status == 400);
    const auto fields = json_of(r)["fields"];
    REQUIRE(fields.size() == 2);
    CHECK(fields[0]["field"] == "password");
    CHECK(fields[1]["field"] == "code");
    for (const auto& one : fields) {
      CHECK(one["rule"] == "exactly_one");
      CHECK(one["msg"] == "Give exactly one of password, code.");
    }
  }
  CHECK(
      w.client().Post("/users/step_up", R"({"password":"a"})", "application/json")->status
      == 401);
}

TEST_CASE("who is logged in and gives a wrong password is told of no e-mail") {
  api_world w;
  w.actors.fail = [] {
    return std::optional{failure{errc::wrong_credentials}};
  };
  const auto told = [&](const std::string& path, const std::string& body,
                        const std::string& language) {
    auto headers = w.bearer(w.access_token());
    headers.emplace("Accept-Language", language);
    auto r = w.client().Post(path, headers, body, "application/json");
    REQUIRE(r);
    CHECK(r->status == 401);
    CHECK(json_of(r)["error"] == "wrong_credentials");
    return json_of(r)["msg"].get<std::string>();
  };
  CHECK(told("/users/step_up", R"({"password":"a"})", "en") == "The password is wrong.");
  CHECK(told("/users/step_up", R"({"password":"a"})", "zh") == "密码不正确。");
  CHECK(told("/users/password/change", R"({"oldPassword":"a","password":"bcdefghij"})",
             "en")
        == "The password is wrong.");
  CHECK(told("/users/login", R"({"email":"a@b.co","password":"a"})", "en")
        == "The e-mail or the password is wrong.");
}

TEST_CASE("an answer that asks for a proof says what the account has") {
  api_world w;
  failure needed{errc::step_up_required};
  needed.proofs = {"password", "code"};
  w.actors.fail = [&] {
    return std::optional{failure{needed}};
  };
  auto r = w.client().Post("/users/delete", w.bearer(w.access_token()), "{}",
                           "application/json");
  REQUIRE(r);
  CHECK(r->status == 403);
  CHECK(json_of(r)["error"] == "step_up_required");
  CHECK(json_of(r)["proofs"] == nlohmann::json{"password", "code"});
  const auto said = [&](std::vector<std::string_view> proofs) {
    needed.proofs = std::move(proofs);
    return json_of(w.client().Post("/users/delete", w.bearer(w.access_token()), "{}",
                                   "application/json"))["msg"]
        .get<std::string>();
  };
  const std::string again = "Please prove again who you are";
  CHECK(said({"password", "code"})
        == again + ", by your password or by a code to your phone.");
  CHECK(said({"password"}) == again + ", by your password.");
  CHECK(said({"code"}) == again + ", by a code to your phone.");
}

TEST_CASE("a person sees what happened to the account, but not which operator it was") {
  api_world w;
  auto r = w.client().Get("/users/events?limit=5", w.bearer(w.access_token()));
  REQUIRE(r);
  CHECK(r->status == 200);
  const auto asked = w.store.last<storage::list_audit>();
  REQUIRE(asked);
  CHECK(asked->user == 7);
  CHECK(asked->limit == 5);
  CHECK(json_of(r)["data"]["items"][0]["kind"] == "account_banned");
  CHECK(json_of(r)["data"]["items"][0]["byOperator"] == true);
  CHECK(r->body.find("zoe") == std::string::npos);
  CHECK(r->body.find("spam") == std::string::npos);
}

TEST_CASE("where an operator was is in no event of a person") {
  const storage::audit_source person{"198.51.100.0/24", "Firefox, Windows"};
  const storage::audit_source ops{"198.51.100.0/24", "Firefox, Windows", "zoe", "spam"};
  const auto shown = [](const storage::audit_source& from) {
    std::string out;
    json_writer w{out};
    write_own_event(w, {.kind = storage::audit_kind::log_out, .from = from});
    return nlohmann::json::parse(out);
  };
  CHECK(shown(person)["network"] == "198.51.100.0/24");
  CHECK(shown(person)["device"] == "Firefox, Windows");
  CHECK(shown(ops)["network"] == "");
  CHECK(shown(ops)["device"] == "");

  // What the store tells of here is of that operator.
  api_world w;
  const auto cookie = "tb_session=" + w.access_token() + "~refresh";
  for (const auto& [path, headers] :
       {std::pair{"/users/events", w.bearer(w.access_token())},
        {"/security/events", httplib::Headers{{"Cookie", cookie}}}}) {
    const auto r = w.client().Get(path, headers);
    REQUIRE(r);
    CHECK(r->status == 200);
    CHECK_MESSAGE(r->body.find("198.51.100") == std::string::npos, path);
    CHECK_MESSAGE(r->body.find("Firefox") == std::string::npos, path);
  }
}

TEST_CASE("who is banned may take their data, delete the account and log out, no more") {
  api_world w;
  storage::profile found;
  found.banned = true;
  w.store.answer<storage::find_profile>(found);
  const auto headers = w.bearer(w.access_token("family1", token_kind::banned));
  std::set<std::string> open;
  int closed = 0;
  for (const auto& one : api_routes()) {
    // A refresh token is looked at by the actor, which knows the kind of each.
    if (one.auth == auth_need::none || one.auth == auth_need::admin
        || one.auth == auth_need::refresh)
      continue;
    const auto path =
        std::regex_replace(std::string{one.path}, std::regex{":[a-z]+"}, "1");
    const auto r = one.method == "POST"
                       ? w.client().Post(path, headers, "{}", "application/json")
                       : w.client().Get(path, headers);
    REQUIRE(r);
    if (r->status == 401)
      ++closed;
    else
      open.insert(path);
  }
  CHECK(open == std::set<std::string>{"/users/delete", "/users/export", "/users/logout"});
  CHECK(closed > 15);
}

TEST_CASE("the token of who was banned ends with the ban, and is told so") {
  api_world w;
  for (const bool banned : {true, false}) {
    storage::profile found;
    found.banned = banned;
    w.store.answer<storage::find_profile>(found);
    for (const auto* path : {"/users/export", "/users/delete"}) {
      const auto r =
          w.client().Post(path, w.bearer(w.access_token("family1", token_kind::banned)),
                          "{}", "application/json");
      CHECK(r->status == (banned ? 200 : 401));
      CHECK((r->body.find("ban of this account is lifted") != std::string::npos)
            == !banned);
    }
    CHECK(w.client()
              .Post("/users/export", w.bearer(w.access_token()), "{}", "application/json")
              ->status
          == 200);
  }
}

TEST_CASE("the export is one JSON object that comes in chunks") {
  api_world w;
  const auto headers = w.bearer(w.access_token());
  auto r = w.client().Post("/users/export", headers, "{}", "application/json");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->get_header_value("Transfer-Encoding") == "chunked");
  CHECK(r->get_header_value("Content-Type") == "application/json; charset=utf-8");
  CHECK(r->get_header_value("Content-Disposition")
        == "attachment; filename=\"tinybook-export.json\"");
  const auto all = json_of(r);
  CHECK(all["account"]["phone"] == "+8613800138000");
  CHECK(all["likes"].size() == 2);
  CHECK(all["events"].size() > 0);
  for (const auto* list : {"sessions", "articles", "collections", "messages"})
    CHECK_MESSAGE(all[list].is_array(), list);
  w.actors.fail = [=] {
    return std::optional{failure{errc::step_up_required}};
  };
  CHECK(w.client().Post("/users/export", headers, "{}", "application/json")->status
        == 403);
}

} // namespace tinybook::http
