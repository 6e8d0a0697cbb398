#include "actors/sessions/messages.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace tinybook::http {

using test::api_world;
using test::json_of;
using namespace std::chrono_literals;

namespace {

std::string error_of(const httplib::Result& r) {
  return json_of(r).value("error", "");
}

} // namespace

TEST_CASE("each way in which a token is bad has its own word") {
  api_world w;
  auto c = w.client();
  auto token = w.access_token();
  CHECK(error_of(c.Get("/users/profile")) == "login_required");
  CHECK(error_of(c.Get("/users/profile", w.bearer("null"))) == "login_required");
  CHECK(error_of(c.Get("/users/profile", w.bearer("junk"))) == "token_invalid");
  CHECK(error_of(c.Get("/users/profile", {{"Authorization", "Basic abc"}}))
        == "token_invalid");
  auto refresh = w.access_token("f", token_kind::refresh);
  CHECK(error_of(c.Get("/users/profile", w.bearer(refresh))) == "token_invalid");
  w.now += 16min;
  auto late = c.Get("/users/profile", w.bearer(token));
  CHECK(late->status == 401);
  CHECK(error_of(late) == "token_expired");
  CHECK(late->get_header_value("WWW-Authenticate") == "Bearer");
}

TEST_CASE("on public paths only a missing or null token is anonymous") {
  api_world w;
  auto c = w.client();
  CHECK(c.Get("/articles/pub/1")->status == 200);
  CHECK(c.Get("/articles/pub/1", w.bearer("null"))->status == 200);
  CHECK(c.Get("/articles/pub/1", w.bearer("junk"))->status == 401);
}

TEST_CASE("whoever logs in is not held up by an old token") {
  api_world w;
  auto r = w.client().Post("/users/login", w.bearer("junk"),
                           R"({"email":"a@b.cn","password":"p"})", "application/json");
  CHECK(r->status == 200);
}

TEST_CASE("a revocation that the ingress answered is in force") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token("gone"));
  CHECK(c.Get("/users/profile", headers)->status == 200);
  caf::scoped_actor self{*w.system};
  self->request(w.ingress, caf::infinite, session_revoked{"gone", w.now + 1h})
      .receive([](done) {}, [](const caf::error&) { FAIL("not answered"); });
  CHECK(error_of(c.Get("/users/profile", headers)) == "token_revoked");
}

TEST_CASE("the ingress actor tells how the listener is doing") {
  api_world w;
  (void)w.client().Get("/nowhere");
  caf::scoped_actor self{*w.system};
  actor_status told;
  self->request(w.ingress, caf::infinite, get_status{})
      .receive([&](actor_status& s) { told = std::move(s); },
               [](const caf::error&) { FAIL("not answered"); });
  auto value = [&](std::string_view name) {
    for (const auto& one : told.gauges)
      if (one.name == name)
        return one.value;
    return -1.0;
  };
  CHECK(value("answers.4xx") == 1);
  CHECK(value("connections") >= 0);
  CHECK(value("in_flight.accounts") == 0);
  CHECK(value("revoked_sessions") == 0);
}

TEST_CASE("an actor's failures map to their status, with Retry-After where they wait") {
  api_world w;
  failure next;
  w.actors.fail = [&] {
    return next;
  };
  auto c = w.client();
  auto ask = [&](failure f) {
    next = std::move(f);
    return c.Post("/users/login", R"({"email":"a","password":"p"})", "application/json");
  };
  CHECK(ask(errc::wrong_credentials)->status == 401);
  CHECK(ask(errc::not_author)->status == 403);
  CHECK(ask(errc::sms_pending)->status == 409);
  auto limited = ask({limit_rule::login_account, 61'500ms});
  CHECK(limited->status == 429);
  CHECK(limited->get_header_value("Retry-After") == "62");
  CHECK(json_of(limited)["rule"] == "login.failures_per_account");
  CHECK(w.log_text().find(R"("rule":"login.failures_per_account")") != std::string::npos);
  CHECK(ask(errc::unavailable)->get_header_value("Retry-After") == "1");
  CHECK(ask({errc::internal, "secret cause"})->body.find("secret") == std::string::npos);
}

TEST_CASE("a deadline that passes is 504") {
  api_world w([](auto& s) { s.http.deadline = 50ms; });
  const auto fails = [&w](const char* path, const std::string& actor,
                          const std::string& detail) {
    auto r = w.client().Get(path, w.bearer(w.access_token()));
    CHECK(r->status == 504);
    CHECK(error_of(r) == "deadline_exceeded");
    const auto log = w.log_text();
    CHECK(log.find("\"actor\":\"" + actor + '"') != std::string::npos);
    CHECK(log.find(detail + " did not answer in time") != std::string::npos);
    // Its answer is still owed.
    const auto gauges = w.public_api->probe()().gauges;
    const auto owed = std::ranges::find(gauges, "in_flight." + actor, &gauge::name);
    REQUIRE(owed != gauges.end());
    CHECK(owed->value == 1);
  };
  SUBCASE("of an actor") {
    w.actors.silent = true;
    fails("/users/logout", "sessions", "sessions");
  }
  SUBCASE("of the store") {
    w.store.silent = true;
    fails("/users/profile", "store", "store-reader-1");
  }
}

TEST_CASE("allowed origins may call with credentials, others get no leave") {
  api_world w;
  auto c = w.client();
  auto ours = c.Get("/nowhere", {{"Origin", "http://localhost:3000"}});
  CHECK(ours->get_header_value("Access-Control-Allow-Origin") == "http://localhost:3000");
  CHECK(ours->get_header_value("Access-Control-Allow-Credentials") == "true");
  CHECK(ours->get_header_value("Access-Control-Expose-Headers")
            .starts_with("X-Jwt-Token, X-Refresh-Token"));
  CHECK(ours->get_header_value("Vary") == "Origin");
  for (const auto* other : {"http://localhost:3001", "https://localhost:3000", "null",
                            "http://localhost:3000.evil"}) {
    auto r = c.Get("/nowhere", {{"Origin", other}});
    CHECK(!r->has_header("Access-Control-Allow-Origin"));
    CHECK(r->get_header_value("Vary") == "Origin");
  }
}

TEST_CASE("a page of another site posts nothing; programs and configured origins do") {
  api_world w;
  auto c = w.client();
  const auto own = "127.0.0.1:" + std::to_string(w.port);
  auto posted = [&](httplib::Headers headers) {
    headers.emplace("Host", own);
    return error_of(c.Post("/users/logout", headers, "", "application/json"));
  };
  const httplib::Headers served[] = {
      {},
      {{"Origin", "http://" + own}},
      {{"Origin", "http://localhost:3000"}},
      {{"Sec-Fetch-Site", "same-origin"}},
      {{"Sec-Fetch-Site", "none"}},
      {{"Origin", "null"}, {"Sec-Fetch-Site", "none"}},
      {{"Origin", "http://" + own}, {"Sec-Fetch-Site", "none"}},
      {{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}},
      // Behind a proxy that changes Host.
      {{"Origin", "https://tinybook.example"}, {"Sec-Fetch-Site", "same-origin"}},
      {{"Origin", "http://localhost:3000"}, {"Sec-Fetch-Site", "same-site"}}};
  for (const auto& headers : served)
    CHECK(posted(headers) == "login_required");
  const httplib::Headers refused[] = {
      {{"Origin", "https://evil.example"}},
      {{"Origin", "null"}},
      {{"Origin", "http://localhost:3001"}},
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"Sec-Fetch-Site", "same-site"}},
      {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "none"}},
      {{"Origin", "http://" + own}, {"Sec-Fetch-Site", "cross-site"}},
      {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}}};
  for (const auto& headers : refused)
    CHECK(posted(headers) == "origin_refused");
  // Reading is the browser's business: it gives no answer to a page that may not see it.
  CHECK(c.Get("/articles/pub/1", {{"Sec-Fetch-Site", "cross-site"}})->status == 200);
}

TEST_CASE("a body is JSON, also where the route reads none; no body needs no type") {
  api_world w;
  auto c = w.client();
  auto posted = [&](const std::string& body, const char* type) {
    return error_of(c.Post("/users/logout", httplib::Headers{}, body, type));
  };
  CHECK(posted("", "") == "login_required");
  CHECK(posted("", "text/plain") == "login_required");
  CHECK(posted("{}", "application/json") == "login_required");
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded"}) {
    const auto r = c.Post("/users/logout", w.bearer(w.access_token()), "{}", type);
    CHECK_MESSAGE(error_of(r) == "unsupported_media", type);
  }
}

TEST_CASE("the browser's question before the real request is answered") {
  api_world w;
  httplib::Headers asks{{"Origin", "http://localhost:3000"},
                        {"Access-Control-Request-Method", "POST"},
                        {"Access-Control-Request-Headers", "authorization,content-type"}};
  auto r = w.client().Options("/users/login", asks);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->get_header_value("Access-Control-Allow-Methods") == "GET, POST");
  CHECK(r->get_header_value("Access-Control-Allow-Headers")
        == "authorization,content-type,idempotency-key,x-verdict-token");
  asks.erase("Origin");
  asks.emplace("Origin", "http://evil");
  auto evil = w.client().Options("/users/login", asks);
  CHECK(!evil->has_header("Access-Control-Allow-Methods"));
}

TEST_CASE(
    "readiness goes from starting over ready to draining and names what is missing") {
  api_world w;
  auto c = w.client();
  w.degraded = {"sms"};
  auto ready = c.Get("/readyz");
  CHECK(ready->status == 200);
  CHECK(json_of(ready)["data"]["degraded"] == nlohmann::json::array({"sms"}));
  w.ready->now_draining();
  CHECK(c.Get("/readyz")->status == 503);
  CHECK(error_of(c.Get("/readyz")) == "draining");
  CHECK(c.Get("/healthz")->status == 200);
  CHECK(c.Get("/articles/pub/1")->status == 200);
  readiness fresh;
  CHECK(fresh.phase() == serving_phase::starting);
}

} // namespace tinybook::http
