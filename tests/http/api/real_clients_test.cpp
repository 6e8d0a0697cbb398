#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "actors/codes/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "http/api/refusals.hpp"
#include "http/pages/page_routes.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <string>

/// What real clients do: send HEAD, preflights, repeated requests, requests from foreign
/// pages and endless ones.
namespace tinybook::http {

using test::api_world;
using test::json_media;
using test::json_of;
using test::raw_exchange;

namespace {

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

} // namespace

TEST_CASE("a HEAD reads, and never acts") {
  api_world w;
  auto c = w.client();
  CHECK(c.Head("/articles/pub/1")->status == 200);
  CHECK(w.store.last<storage::find_public_article>());
  for (const auto* path : {"/users/logout", "/users/refresh_token"}) {
    auto r = c.Head(path, w.bearer(w.access_token()));
    CHECK(r->status == 405);
    CHECK(r->get_header_value("Allow").find("HEAD") == std::string::npos);
  }
  CHECK_FALSE(w.actors.last<close_session>());
  CHECK_FALSE(w.actors.last<refresh_session>());
  CHECK_FALSE(c.Head("/articles/pub/1")->has_header("Accept-Ranges"));
}

TEST_CASE("every preflight is answered, or the browser would hide why a request fails") {
  api_world w;
  for (const auto* path : {"/nowhere", "/articles/pub/reward", "/users/profile"}) {
    auto r = w.client().Options(path, {{"Origin", "http://localhost:3000"},
                                       {"Access-Control-Request-Method", "POST"}});
    CHECK(r->status == 200);
    CHECK(r->get_header_value("Access-Control-Allow-Origin") == "http://localhost:3000");
    CHECK(r->get_header_value("Access-Control-Allow-Headers").find("idempotency-key")
          != std::string::npos);
  }
  CHECK(w.client().Options("/nowhere")->status == 404);
  // But pages are for nobody else's scripts.
  for (const auto* page : {"/write", "/read/1/like", "/"}) {
    const auto r = w.client().Options(page, {{"Origin", "http://localhost:3000"},
                                             {"Access-Control-Request-Method", "POST"}});
    CHECK_FALSE(r->has_header("Access-Control-Allow-Origin"));
    CHECK_FALSE(r->has_header("Access-Control-Allow-Methods"));
  }
}

TEST_CASE("what programs look for without being led there is there") {
  api_world w;
  auto c = w.client();
  const auto robots = c.Get("/robots.txt");
  CHECK(robots->get_header_value("Content-Type") == "text/plain; charset=utf-8");
  for (const auto& page : page_routes()) {
    const auto first = page.path.substr(0, page.path.find('/', 1));
    if (page.auth == auth_need::required && page.method == "GET")
      CHECK_MESSAGE(robots->body.find("Disallow: " + std::string{first} + '\n')
                        != std::string::npos,
                    page.path);
  }
  CHECK(robots->body.find("Disallow: /read") == std::string::npos);
  CHECK(c.Get("/favicon.ico")->get_header_value("Content-Type") == "image/svg+xml");
  const auto change = c.Get("/.well-known/change-password");
  CHECK(change->status == 303);
  CHECK(change->get_header_value("Location") == "/profile/password");
}

TEST_CASE("what stands for an id and could be none is nowhere, for a method that is not "
          "there") {
  api_world w;
  auto c = w.client();
  CHECK(c.Post("/articles/pub/reward", "{}", json_media)->status == 404);
  CHECK(c.Post("/articles/pub/7", "{}", json_media)->status == 405);
  CHECK(c.Get("/articles/pub/reward")->status == 400);
}

TEST_CASE("an Idempotency-Key goes with what was asked, byte by byte") {
  api_world w;
  auto c = w.client();
  const auto save = [&](const std::string& path, const std::string& key,
                        const std::string& body) {
    auto headers = w.bearer(w.access_token());
    headers.emplace("Idempotency-Key", key);
    REQUIRE(c.Post(path, headers, body, json_media)->status == 200);
    return *w.actors.last<save_article>()->repeat;
  };
  const std::string body = R"({"title":"T","content":"c"})";
  const auto first = save("/articles/edit", "k-1", body);
  CHECK(first.key_hash.size() == 64);
  CHECK(first.key_hash.find("k-1") == std::string::npos);
  CHECK(save("/articles/edit", "k-1", body) == first);
  CHECK(save("/articles/edit", "k-2", body).key_hash != first.key_hash);
  CHECK(save("/articles/edit", "k-2", body).request_hash == first.request_hash);
  CHECK(save("/articles/edit", "k-1", body + " ").request_hash != first.request_hash);
  CHECK(save("/articles/publish", "k-1", body).request_hash != first.request_hash);
  REQUIRE(c.Post("/articles/edit", w.bearer(w.access_token()), body, json_media)->status
          == 200);
  CHECK_FALSE(w.actors.last<save_article>()->repeat);
}

TEST_CASE("a verdict token goes as it is to who asks the endpoint, up to its bound") {
  api_world w;
  auto c = w.client();
  const auto post = [&](const std::string& path, const std::string& body,
                        const std::string& token) {
    return c.Post(path, {{"X-Verdict-Token", token}}, body, json_media);
  };
  const std::string send = "/users/login_sms/code/send";
  const std::string phone = R"({"phone":"+8613800138000"})";
  REQUIRE(post(send, phone, "a b\"c")->status == 200);
  CHECK(w.actors.last<send_code>()->client.verdict_token == "a b\"c");
  REQUIRE(c.Post(send, phone, json_media)->status == 200);
  CHECK(w.actors.last<send_code>()->client.verdict_token.empty());
  REQUIRE(post(send, phone, std::string(4096, 'x'))->status == 200);
  const auto refused = post(send, phone, std::string(4097, 'x'));
  CHECK(refused->status == 400);
  CHECK(json_of(refused)["fields"][0]["field"] == "X-Verdict-Token");
  CHECK(json_of(refused)["fields"][0]["rule"] == "too_long");
  const std::string ann =
      R"({"email":"ann@example.org","password":"correct horse","confirmPassword":"correct horse"})";
  REQUIRE(post("/users/signup", ann, "t")->status == 200);
  CHECK(w.actors.last<sign_up>()->client.verdict_token == "t");
  // Nobody asks the endpoint about a log-in.
  const std::string log_in_body =
      R"({"email":"ann@example.org","password":"correct horse"})";
  REQUIRE(post("/users/login", log_in_body, "t")->status == 200);
  CHECK(w.actors.last<log_in>()->client.verdict_token.empty());
}

TEST_CASE("a denial is told by its own text, which is no HTML on a page") {
  api_world w;
  w.actors.fail = [] {
    failure denied{errc::verdict_denied};
    denied.text = "Solve <b>it</b>.";
    return denied;
  };
  auto c = w.client();
  const auto r =
      c.Post("/users/login_sms/code/send", R"({"phone":"+8613800138000"})", json_media);
  CHECK(r->status == 403);
  CHECK(json_of(r)["error"] == "verdict_denied");
  CHECK(json_of(r)["msg"] == "Solve <b>it</b>.");
  CHECK_FALSE(json_of(r).contains("rule"));
  w.store.fail = w.actors.fail;
  const auto page = c.Get("/read/1", {{"Accept", "text/html"}});
  CHECK(page->status == 403);
  CHECK(page->body.find("Solve &lt;b&gt;it") != std::string::npos);
  CHECK(page->body.find("<b>it") == std::string::npos);
}

TEST_CASE("the rule of a limit is named") {
  api_world w;
  w.actors.fail = [] {
    return failure{limit_rule::code_phone_hour, std::chrono::seconds{90}};
  };
  const auto r = w.client().Post("/users/login_sms/code/send",
                                 R"({"phone":"+8613800138000"})", json_media);
  CHECK(r->status == 429);
  CHECK(r->get_header_value("Retry-After") == "90");
  CHECK(json_of(r)["rule"] == "codes.sends_per_phone_hour");
}

TEST_CASE("a key that is none is refused by its name") {
  api_world w;
  const auto refused_with = [&](httplib::Headers keys) {
    auto headers = w.bearer(w.access_token());
    headers.merge(keys);
    auto r = w.client().Post("/articles/edit", headers, R"({"title":"T","content":"c"})",
                             json_media);
    CHECK(r->status == 400);
    auto field = json_of(r)["fields"][0];
    CHECK(field["field"] == "Idempotency-Key");
    return field["rule"].get<std::string>();
  };
  CHECK(refused_with({{"Idempotency-Key", "a b"}}) == "not_key");
  CHECK(refused_with({{"Idempotency-Key", ""}}) == "not_key");
  CHECK(refused_with({{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}) == "not_key");
  CHECK(refused_with({{"Idempotency-Key", std::string(256, 'k')}}) == "too_long");
  auto elsewhere = w.bearer(w.access_token());
  elsewhere.emplace("Idempotency-Key", "a b");
  CHECK(w.client()
            .Post("/articles/like", elsewhere, R"({"id":1,"like":true})", json_media)
            ->status
        == 200);
}

TEST_CASE("a key that was used for something else is told as such") {
  api_world w;
  w.actors.fail = [] {
    return failure{errc::key_reused};
  };
  auto r = w.client().Post("/articles/edit", w.bearer(w.access_token()),
                           R"({"title":"T","content":"c"})", json_media);
  CHECK(r->status == 422);
  CHECK(json_of(r)["error"] == "key_reused");
}

TEST_CASE("what a head decides needs no body") {
  api_world w;
  const auto half = [&](const std::string& path, const std::string& headers) {
    return raw_exchange(w.port, "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers
                                    + "Content-Length: 1000000\r\n\r\n{\"title\":")
        .substr(9, 3);
  };
  const std::string json = "Content-Type: application/json\r\n";
  const std::string token = "Authorization: Bearer " + w.access_token() + "\r\n";
  CHECK(half("/articles/edit", json) == "401");
  CHECK(half("/articles/edit", json + "Authorization: Bearer junk\r\n") == "401");
  CHECK(half("/articles/edit", token + "Content-Type: text/plain\r\n") == "415");
  CHECK(half("/articles/edit", token) == "415");
  CHECK(half("/articles/edit", token + json) == "400"); // Its end was missed.
  CHECK(half("/users/login", json) == "413");
  CHECK(raw_exchange(w.port, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                             "\r\n{")
            .substr(9, 3)
        == "404");
  auto wrong = raw_exchange(w.port, "POST /articles/pub/7 HTTP/1.1\r\nHost: x\r\n"
                                    "Content-Length: 9\r\n\r\n{");
  CHECK(wrong.substr(9, 3) == "405");
  CHECK(wrong.find("Allow: GET, HEAD, OPTIONS") != std::string::npos);
  CHECK(wrong.find("X-Request-Id: ") != std::string::npos);
  CHECK_FALSE(w.actors.last<save_article>());
}

TEST_CASE("abstracts are plain text that may be put into a page") {
  api_world w;
  auto listed = json_of(w.client().Get("/articles/pub"));
  CHECK(listed["data"]["items"][0]["abstract"]
        == "short &lt;b&gt; &amp; &quot;it&#39;s&quot;");
}

TEST_CASE("a success says in the reader's language what has happened") {
  api_world w;
  const auto said = [&](const char* language) {
    return json_of(w.client().Post("/users/login_sms/code/send",
                                   {{"Accept-Language", language}},
                                   R"({"phone":"13800138000"})", json_media))["msg"]
        .get<std::string>();
  };
  CHECK(said("en") == "The code has been sent.");
  CHECK(said("zh-CN") == "验证码已发送。");
}

TEST_CASE(
    "an origin that may not read the answers is told once, with the key that lets it") {
  api_world w;
  auto c = w.client();
  for (int i = 0; i < 3; ++i) {
    (void)c.Get("/healthz", {{"Origin", "http://localhost:5173"}});
    (void)c.Get("/healthz", {{"Origin", "http://localhost:3000"}});
    (void)c.Get("/healthz", {{"Origin", "http://127.0.0.1:" + std::to_string(w.port)}});
  }
  const auto log = w.log_text();
  CHECK(count_of(log, "origin_not_allowed") == 1);
  CHECK(log.find("http://localhost:5173") != std::string::npos);
  CHECK(log.find("http.cors_origins") != std::string::npos);
}

TEST_CASE("an origin is told as it is, however much it looks like a secret") {
  for (const auto* origin :
       {"https://d111111abcdef8.cloudfront.net",
        "https://shiny-space-waddle-7v5xqrp9w6g3xq4-3000.example.org",
        "http://20261128.example.org:8443"}) {
    api_world w;
    (void)w.client().Get("/healthz", {{"Origin", origin}});
    CHECK_MESSAGE(count_of(w.log_text(), origin) == 1, w.log_text());
  }
  api_world w;
  (void)w.client().Get("/healthz", {{"Origin", "code 13800138000 is no origin"}});
  CHECK(count_of(w.log_text(), "13800138000") == 0);
}

TEST_CASE("who is refused without end fills no log: a line a second for each kind") {
  api_world w;
  auto c = w.client();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i)
    (void)c.Get("/users/profile");
  const auto seconds = static_cast<std::size_t>(
      std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - begin)
          .count());
  CHECK(count_of(w.log_text(), "request_refused") >= 1);
  CHECK(count_of(w.log_text(), "request_refused") <= 1 + seconds);
}

TEST_CASE("the sampler tells what it left out, apart for each route, error and client") {
  refusal_sampler sampler;
  const tick start{};
  const route one{};
  const route other{};
  CHECK(sampler.next(&one, errc::wrong_code, "a", start) == 0);
  CHECK(sampler.next(&one, errc::wrong_code, "a", start) == std::nullopt);
  CHECK(sampler.next(&one, errc::wrong_code, "b", start) == 0);
  CHECK(sampler.next(&one, errc::rate_limited, "a", start) == 0);
  CHECK(sampler.next(&other, errc::wrong_code, "a", start) == 0);
  CHECK(sampler.next(nullptr, errc::wrong_code, "a", start) == 0);
  const auto later = start + refusal_sampler::period;
  CHECK(sampler.next(&one, errc::wrong_code, "a", later) == 1);
  CHECK(sampler.next(&one, errc::wrong_code, "b", later) == 0);
  for (std::size_t i = 0; i < refusal_sampler::max_kinds; ++i)
    CHECK(sampler.next(&one, errc::wrong_code, "c" + std::to_string(i), later) == 0);
  CHECK(sampler.next(&one, errc::wrong_code, "a", later) == 0); // Forgotten by then.
}

TEST_CASE("what a burst left out is told once its second is over, without another line") {
  refusal_sampler sampler;
  const tick start{};
  const route one{};
  for (int i = 0; i < 5; ++i)
    (void)sampler.next(&one, errc::wrong_code, "a", start);
  (void)sampler.next(&one, errc::rate_limited, "b", start);
  using namespace std::chrono_literals;
  CHECK(sampler.overdue(start + refusal_sampler::period - 1ms).empty());
  const auto later = start + refusal_sampler::period;
  const auto told = sampler.overdue(later);
  REQUIRE(told.size() == 1);
  CHECK(told[0].at == &one);
  CHECK(told[0].code == errc::wrong_code);
  CHECK(told[0].client == "a");
  CHECK(told[0].left_out == 4);
  CHECK(sampler.overdue(later + refusal_sampler::period).empty());
  // That was this kind's line of the second: the next one is only counted.
  CHECK(sampler.next(&one, errc::wrong_code, "a", later) == std::nullopt);
}

TEST_CASE("the log adds up: each refusal is a line or counted in one, at the end too") {
  constexpr std::size_t refused = 50;
  api_world w;
  auto c = w.client();
  for (std::size_t i = 0; i < refused; ++i)
    (void)c.Get("/users/profile");
  (void)w.public_api->drain(std::chrono::milliseconds::zero());
  std::size_t counted = 0;
  std::istringstream lines(w.log_text());
  for (std::string line; std::getline(lines, line);) {
    const auto entry = nlohmann::json::parse(line);
    if (entry["event"] == "request_refused")
      ++counted;
    if (entry.contains("left_out"))
      counted += std::stoul(entry["left_out"].get<std::string>());
  }
  CHECK_MESSAGE(counted == refused, w.log_text());
}

} // namespace tinybook::http
