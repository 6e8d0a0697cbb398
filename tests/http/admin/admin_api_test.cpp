#include "config/key.hpp"
#include "http/admin/admin_routes.hpp"
#include "http/admin/admin_tokens.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

namespace tinybook::http {

using test::api_world;
using test::json_media;
using test::json_of;

namespace {

int status_with(api_world& w, const httplib::Headers& headers,
                const std::string& path = "/admin/actors") {
  auto r = w.admin().Get(path, headers);
  return r ? r->status : 0;
}

} // namespace

TEST_CASE("the admin listener shows every actor, without secrets") {
  api_world w;
  auto r = w.admin().Get("/admin/actors");
  REQUIRE(r);
  CHECK(r->status == 200);
  auto actor = json_of(r)["data"][0];
  CHECK(actor["name"] == "sms.console");
  CHECK(actor["gauges"][0]
        == nlohmann::json{{"name", "in_flight"}, {"value", 3.0}, {"limit", 8.0}});
  CHECK(actor["lastError"] == "could not reach +***");
  CHECK(actor["lastErrorAt"] == "2023-11-14T22:13:20.000Z");
  CHECK(actor["lastErrorEndedAt"] == nullptr);
  CHECK(json_of(w.admin().Get("/admin/actors/sms.console"))["data"]["kind"]
        == "sms_sender");
  CHECK(w.admin().Get("/admin/actors/nobody")->status == 404);
}

TEST_CASE("health=bad leaves out the actors that are well") {
  api_world w;
  const auto all = json_of(w.admin().Get("/admin/actors"))["data"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["health"]
        == nlohmann::json{{"state", "ok"}, {"reason", ""}, {"since", nullptr}});
  const auto bad = json_of(w.admin().Get("/admin/actors?health=bad"))["data"];
  REQUIRE(bad.size() == 1);
  CHECK(bad[0]["name"] == "sms-sender-hook");
  CHECK(bad[0]["health"]
        == nlohmann::json{{"state", "failing"},
                          {"reason", "circuit open: +*** and others failed"},
                          {"since", "2024-12-17T23:55:00.000Z"}});
  CHECK(w.admin().Get("/admin/actors?health=good")->status == 400);
}

TEST_CASE("view=summary is a line for each actor") {
  api_world w;
  const auto r = w.admin().Get("/admin/actors?view=summary");
  REQUIRE(r);
  CHECK(r->get_header_value("Content-Type") == "text/plain; charset=utf-8");
  CHECK(
      r->body
      == "ok        sms.console                running for 0 s, mailbox 0, handled 0\n"
         "failing   sms-sender-hook            for 5 min: circuit open: +*** and others "
         "failed\n");
  CHECK(w.admin().Get("/admin/actors?view=all")->status == 400);
}

TEST_CASE("foreign hosts and origins are refused") {
  api_world w;
  auto port = std::to_string(w.admin_port);
  CHECK(status_with(w, {{"Host", "localhost:" + port}}) == 200);
  CHECK(status_with(w, {{"Host", "[::1]:" + port}}) == 200);
  for (const auto* host : {"evil.example", "localhost.evil.example", "10.0.0.1", ""})
    CHECK_MESSAGE(status_with(w, {{"Host", host}}) >= 400, host);
  auto own = "127.0.0.1:" + port;
  CHECK(status_with(w, {{"Host", own}, {"Origin", "http://" + own}}) == 200);
  for (const auto* origin : {"http://evil.example", "null", "http://localhost:1"})
    CHECK_MESSAGE(status_with(w, {{"Host", own}, {"Origin", origin}}) == 403, origin);
}

TEST_CASE("configured names are accepted as hosts") {
  api_world w([](auto& s) { s.admin.allowed_hosts = {"Admin.Internal"}; });
  CHECK(status_with(w, {{"Host", "admin.internal:8082"}}) == 200);
}

TEST_CASE("listening elsewhere than on loopback, reading needs the token") {
  api_world w([](auto& s) { s.admin.address = "0.0.0.0"; });
  CHECK(status_with(w, {}) == 401);
  CHECK(status_with(w, w.bearer("wrong")) == 401);
  CHECK(status_with(w, w.bearer(w.admin_token)) == 200);
  CHECK(status_with(w, {}, "/metrics") == 401);
  CHECK(
      status_with(w, {{"Host", "10.1.2.3"}, {"Authorization", "Bearer " + w.admin_token}})
      == 200);
  CHECK(status_with(
            w, {{"Host", "evil.example"}, {"Authorization", "Bearer " + w.admin_token}})
        == 403);
  CHECK(status_with(w, {}, "/healthz") == 200);
  CHECK(status_with(w, {}, "/readyz") == 200);
}

TEST_CASE("each route of the admin listener takes a token of its level or a higher one") {
  using config::admin_level;
  const std::map<admin_level, std::string> tokens{
      {admin_level::read, "a reader's"},
      {admin_level::act, "an actor's"},
      {admin_level::configure, "a configurer's"}};
  api_world w([&](auto& s) {
    s.admin.address = "0.0.0.0";
    for (const auto& [level, token] : tokens)
      s.admin.tokens.push_back(
          {std::string{config::word_of(level)}, level, admin_token_hash(token)});
  });
  auto client = w.admin();
  std::size_t checked = 0;
  for (const auto& route : admin_routes()) {
    if (route.auth != auth_need::admin)
      continue;
    std::string path{route.path};
    for (const auto& field : route.path_fields)
      path.replace(path.find(':'), 1 + field.name.size(),
                   field.type == field_type::integer ? "1" : "x");
    const auto answer = [&](const httplib::Headers& headers) {
      const auto r =
          route.method == "GET"
              ? client.Get(path, headers)
              : client.Post(path, headers, R"({"reason":"a test"})", json_media);
      REQUIRE_MESSAGE(r, path);
      return r->status;
    };
    CHECK_MESSAGE(answer({}) == 401, path);
    CHECK_MESSAGE(answer(w.bearer("nobody's")) == 401, path);
    CHECK_MESSAGE(answer({{"Authorization", "Bearer"}}) == 401, path);
    for (const auto& [level, token] : tokens) {
      const auto status = answer(w.bearer(token));
      CHECK_MESSAGE((status == 403) == (level < route.level), path << ' ' << status);
      CHECK_MESSAGE(status != 401, path);
    }
    CHECK_MESSAGE(answer(w.bearer(w.admin_token)) != 403, path);
    checked += is_operator_action(route) ? 1U : 0U;
  }
  CHECK(checked >= 4);
}

TEST_CASE("what an operator does is told by the name of their token") {
  api_world w([](auto& s) {
    s.admin.tokens = {{"ann", config::admin_level::act, admin_token_hash("ann's")}};
  });
  const auto act = [&](const std::string& token) {
    (void)w.admin().Post("/admin/sms/messages/1/discard", w.bearer(token),
                         R"({"reason":"a test"})", json_media);
  };
  const auto told = [&](const std::string& who) {
    return w.log_text().find("\"who\":\"" + who + '"') != std::string::npos;
  };
  act("bob's");
  CHECK_FALSE(told("ann"));
  CHECK(told("unknown"));
  act("ann's");
  CHECK(told("ann"));
}

TEST_CASE("metrics hold the listeners, the actors and their gauges") {
  api_world w;
  (void)w.client().Get("/articles/pub/1");
  (void)w.client().Get("/nowhere");
  auto r = w.admin().Get("/metrics");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->get_header_value("Content-Type")
        == "text/plain; version=0.0.4; charset=utf-8");
  for (const auto* line :
       {"tinybook_http_requests_total{listener=\"public\",method=\"GET\",route=\"/"
        "articles/pub/:id\",status=\"2xx\"} 1",
        "route=\"unmatched\",status=\"4xx\"} 1",
        // From the start, for what has not happened yet.
        "method=\"POST\",route=\"/users/login\",status=\"5xx\"} 0",
        "method=\"POST\",route=\"/users/login\",status=\"2xx\"} 0",
        "tinybook_http_request_seconds_count{listener=\"public\"",
        "tinybook_actor_gauge{actor=\"sms.console\",kind=\"sms_sender\",gauge=\"in_"
        "flight\"} 3",
        "tinybook_http_connections{listener=\"admin\"}",
        "# TYPE tinybook_http_requests_total counter"})
    CHECK_MESSAGE(r->body.find(line) != std::string::npos, line);
}

TEST_CASE("the admin listener answers health and knows nothing of the API") {
  api_world w;
  CHECK(w.admin().Get("/healthz")->status == 200);
  CHECK(w.admin().Get("/readyz")->status == 200);
  CHECK(w.admin().Get("/users/profile")->status == 404);
  CHECK(w.client().Get("/admin/actors")->status == 404);
  CHECK(w.client().Get("/metrics")->status == 404);
}

TEST_CASE("metrics are served from what was told last when the inspector is away") {
  api_world w([](auto& s) { s.http.deadline = std::chrono::milliseconds{100}; });
  (void)w.admin().Get("/metrics");
  w.actors.silent = true;
  auto r = w.admin().Get("/metrics");
  CHECK(r->status == 200);
  CHECK(r->body.find("sms.console") != std::string::npos);
}

} // namespace tinybook::http
