#include "actors/accounts/messages.hpp"
#include "actors/articles/messages.hpp"
#include "actors/codes/messages.hpp"
#include "http/api/environment.hpp"
#include "tests/http/api/api_world.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

namespace tinybook::http {

using nlohmann::json;
using test::api_world;
using test::json_media;
using test::json_of;

namespace {

template <class Command>
constexpr bool is_read_by_handlers = requires(const call& c, Command what) {
  c.read(std::move(what));
};
static_assert(is_read_by_handlers<storage::find_profile>);
static_assert(!is_read_by_handlers<storage::edit_user>, "it writes");
static_assert(!is_read_by_handlers<storage::find_user>, "it tells the password's hash");
static_assert(std::is_same_v<reading_store::write_commands, storage::commands<>>);

bool is_success(const json& body) {
  return body["code"] == 0 && body["msg"].is_string() && body.contains("data");
}

} // namespace

TEST_CASE("sign-up hands the fields to the accounts actor, by either name") {
  api_world w;
  auto c = w.client();
  auto r =
      c.Post("/users/signup",
             R"({"email":"a@b.cn","password":"p1","confirm_password":"p2"})", json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(json_of(r)["data"]["userId"] == 7);
  auto asked = w.actors.last<sign_up>();
  REQUIRE(asked);
  CHECK(asked->email == "a@b.cn");
  CHECK(asked->password == "p1");
  CHECK(asked->confirm_password == "p2");
  CHECK(asked->client.address == "127.0.0.1");
}

TEST_CASE("log-in answers with both tokens and the device cookie") {
  api_world w;
  auto c = w.client();
  auto r = c.Post("/users/login", R"({"email":"a@b.cn","password":"p"})", json_media);
  REQUIRE(r);
  CHECK(is_success(json_of(r)));
  CHECK(r->get_header_value("X-Jwt-Token") == "access.token.value");
  CHECK(r->get_header_value("X-Refresh-Token") == "refresh.token.value");
  CHECK(r->get_header_value("Cache-Control") == "no-store");
  auto cookie = r->get_header_value("Set-Cookie");
  CHECK(cookie.starts_with("tb_device=device.token.value; Path=/; Max-Age=15552000;"));
  CHECK(cookie.find("Secure") == std::string::npos);
}

TEST_CASE("behind a trusted proxy with TLS the cookie is secure and the client another") {
  api_world w([](auto& s) { s.http.trusted_proxies = {"127.0.0.0/8"}; });
  auto c = w.client();
  auto r = c.Post("/users/login",
                  {{"X-Forwarded-For", "2001:db8::7"}, {"X-Forwarded-Proto", "https"}},
                  R"({"email":"a@b.cn","password":"p"})", json_media);
  REQUIRE(r);
  CHECK(r->get_header_value("Set-Cookie").ends_with("; Secure"));
  CHECK(w.actors.last<log_in>()->client.address == "2001:db8::/64");
}

TEST_CASE("the device cookie names the browser and its account, a bad one nobody") {
  api_world w;
  auto c = w.client();
  auto body = R"({"email":"a@b.cn","password":"p"})";
  auto device = w.access_token("f", token_kind::device);
  (void)c.Post("/users/login", {{"Cookie", "tb_device=" + device}}, body, json_media);
  CHECK(w.actors.last<log_in>()->client.device == "id1");
  CHECK(w.actors.last<log_in>()->client.device_user == 7);
  auto access = w.access_token();
  auto r = c.Post("/users/login", {{"Cookie", "tb_device=" + access}}, body, json_media);
  CHECK(r->status == 200);
  CHECK(w.actors.last<log_in>()->client.device.empty());
}

TEST_CASE("a browser stays known to the accounts that logged in there before") {
  api_world w;
  auto c = w.client();
  const auto log_in_with = [&](const std::string& cookie) {
    const auto r = c.Post("/users/login", {{"Cookie", "tb_device=" + cookie}},
                          R"({"email":"a@b.cn","password":"p"})", json_media);
    const auto set = r->get_header_value("Set-Cookie");
    return set.substr(0, set.find(';'));
  };
  const auto fourth = w.device_token(4, 40, std::chrono::seconds{4});
  const auto third = w.device_token(3, 30, std::chrono::seconds{3});
  const auto second = w.device_token(2, 20, std::chrono::seconds{2});
  const auto first = w.device_token(1, 10, std::chrono::seconds{1});
  const auto kept = log_in_with(fourth + '~' + second + '~' + third + '~' + first + '~'
                                + w.device_token(5, 50, std::chrono::seconds{0}));
  // Of so many at most; the newest comes first.
  const auto client = w.actors.last<log_in>()->client;
  CHECK(client.device_user == 1);
  REQUIRE(client.also_known.size() == 3);
  CHECK(client.also_known[0].user == 2);
  CHECK(client.also_known[0].epoch == 20);
  CHECK(client.also_known[2].user == 4);
  CHECK(kept == "tb_device=device.token.value~" + first + '~' + second + '~' + third);
  const auto newer = w.device_token(2, 21, std::chrono::seconds{0});
  w.actors.answer<log_in>({2, "access", "refresh", newer});
  CHECK(log_in_with(first + '~' + second + '~' + third)
        == "tb_device=" + newer + '~' + first + '~' + third);
  // An account is in it once, by its newest log-in.
  (void)log_in_with(w.device_token(3, 1, std::chrono::seconds{2}) + '~'
                    + w.device_token(3, 2, std::chrono::seconds{1}));
  CHECK(w.actors.last<log_in>()->client.device_epoch == 2);
  CHECK(w.actors.last<log_in>()->client.also_known.empty());
}

TEST_CASE("the browser that asked for a code is known by its cookie when it logs in") {
  api_world w;
  auto c = w.client();
  auto sent =
      c.Post("/users/login_sms/code/send", R"({"phone":"13800138000"})", json_media);
  REQUIRE(sent);
  CHECK(is_success(json_of(sent)));
  CHECK(w.actors.last<send_code>()->purpose == "login");
  CHECK(w.actors.last<send_code>()->lang == std::nullopt);
  auto cookie = sent->get_header_value("Set-Cookie");
  cookie = cookie.substr(0, cookie.find(';'));
  auto r = c.Post("/users/login_sms", {{"Cookie", cookie}},
                  R"({"phone":"13800138000","code":"123456"})", json_media);
  REQUIRE(r);
  CHECK(r->get_header_value("X-Jwt-Token") == "access.token.value");
  CHECK(w.actors.last<log_in_by_code>()->client.asker == "asker-id");
  (void)c.Post("/users/login_sms", {{"Cookie", cookie + "x"}},
               R"({"phone":"13800138000","code":"123456"})", json_media);
  CHECK(w.actors.last<log_in_by_code>()->client.asker.empty());
}

TEST_CASE("a phone and a code are passed on as they were pasted, line feeds and all") {
  api_world w;
  auto c = w.client();
  auto r = c.Post("/users/login_sms",
                  R"({"phone":"13800138000\n","code":"\t493 817\r\n"})", json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(w.actors.last<log_in_by_code>()->phone == "13800138000\n");
  CHECK(w.actors.last<log_in_by_code>()->code == "\t493 817\r\n");
  r = c.Post("/users/login_sms", R"({"phone":"1380013\u0000","code":"493817"})",
             json_media);
  REQUIRE(r);
  CHECK(r->status == 400);
}

TEST_CASE("the SMS speaks the language that the client asks for") {
  api_world w;
  auto c = w.client();
  (void)c.Post("/users/login_sms/code/send", {{"Accept-Language", "en"}},
               R"({"phone":"13800138000"})", json_media);
  CHECK(w.actors.last<send_code>()->lang == language::en);
}

TEST_CASE("refresh takes the refresh token as bearer and hands out a new pair") {
  api_world w;
  auto c = w.client();
  auto r = c.Get("/users/refresh_token", w.bearer("some.refresh.token"));
  REQUIRE(r);
  CHECK(r->get_header_value("X-Jwt-Token") == "access2");
  CHECK(r->get_header_value("X-Refresh-Token") == "refresh2");
  CHECK(!r->has_header("Set-Cookie"));
  CHECK(w.actors.last<refresh_session>()->refresh_token == "some.refresh.token");
  CHECK(c.Get("/users/refresh_token")->status == 401);
}

TEST_CASE("log-out closes the family of the token, by GET and by POST") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token("fam"));
  CHECK(c.Get("/users/logout", headers)->status == 200);
  CHECK(w.actors.last<close_session>()->family == "fam");
  CHECK(c.Post("/users/logout", headers, "", json_media)->status == 200);
}

TEST_CASE("a person sees their sessions and ends one") {
  api_world w;
  auto c = w.client();
  const auto token = w.bearer(w.access_token());
  const auto listed = json_of(c.Get("/users/sessions", token))["data"];
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["current"] == true);
  CHECK(listed[0]["device"] == "Firefox, Windows");
  CHECK(listed[0]["createdAt"] == nullptr);
  CHECK(listed[1]["current"] == false);
  CHECK(c.Post("/users/sessions/end", token, R"({"id":"other"})", json_media)->status
        == 200);
  CHECK(w.actors.last<end_own_session>()->id == "other");
  CHECK(w.actors.last<end_own_session>()->user == 7);
  CHECK(listed[0]["id"] == w.actors.last<end_own_session>()->family);
}

TEST_CASE("a log-out takes a refresh token, and an access token that has expired") {
  api_world w;
  auto c = w.client();
  const auto ended = [&](const std::string& token) {
    const auto r = c.Post("/users/logout", w.bearer(token), "", json_media);
    return r->status == 200 ? w.actors.last<close_session>()->family : r->body;
  };
  CHECK(ended(w.access_token("one", token_kind::refresh)) == "one");
  const auto old = w.access_token("two");
  w.now += std::chrono::hours{24 * 30};
  CHECK(c.Get("/users/profile", w.bearer(old))->body.find("token_expired")
        != std::string::npos);
  CHECK(ended(old) == "two");
  CHECK(ended(w.access_token("three", token_kind::device)).find("token_invalid")
        != std::string::npos);
}

TEST_CASE("the profile is the bare object that existing clients read") {
  api_world w;
  auto c = w.client();
  auto r = c.Get("/users/profile", w.bearer(w.access_token()));
  REQUIRE(r);
  CHECK(r->get_header_value("Content-Type") == "application/json; charset=utf-8");
  CHECK(json_of(r)
        == json{{"Email", "a@b.cn"},
                {"Phone", "+8613800138000"},
                {"Nickname", "安"},
                {"Birthday", "2000-01-02"},
                {"AboutMe", "line 1\nline 2"}});
  CHECK(w.store.last<storage::find_profile>()->id == 7);
}

TEST_CASE("editing the profile passes all three fields on") {
  api_world w;
  auto c = w.client();
  auto r =
      c.Post("/users/edit", w.bearer(w.access_token()),
             R"({"nickname":"安","birthday":"2000-01-02","aboutMe":"a\nb"})", json_media);
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(w.actors.last<edit_profile>()->about_me == "a\nb");
}

TEST_CASE("saving and publishing answer the id") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token());
  auto body = R"({"title":"t","content":"c"})";
  CHECK(json_of(c.Post("/articles/edit", headers, body, json_media))["data"] == 42);
  CHECK(w.actors.last<save_article>()->id == 0);
  CHECK(!w.actors.last<save_article>()->publish);
  auto again = R"({"id":42,"title":"t","content":"c"})";
  CHECK(json_of(c.Post("/articles/publish", headers, again, json_media))["data"] == 42);
  CHECK(w.actors.last<save_article>()->publish);
  CHECK(w.actors.last<save_article>()->author == 7);
  CHECK(w.actors.last<save_article>()->id == 42);
}

TEST_CASE("withdraw, delete and collect pass id and user on") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token());
  CHECK(c.Post("/articles/withdraw", headers, R"({"id":42})", json_media)->status == 200);
  CHECK(w.actors.last<withdraw_own_article>()->id == 42);
  CHECK(c.Post("/articles/delete", headers, R"({"id":42})", json_media)->status == 200);
  CHECK(w.actors.last<delete_own_article>()->author == 7);
  for (const auto* path : {"/articles/collect", "/articles/pub/collect"}) {
    CHECK(c.Post(path, headers, R"({"id":42,"cid":3})", json_media)->status == 200);
    CHECK(w.actors.last<add_to_collection>()->collection == 3);
  }
}

TEST_CASE("a like answers the count, under both paths") {
  api_world w;
  auto c = w.client();
  for (const auto* path : {"/articles/like", "/articles/pub/like"}) {
    auto r =
        c.Post(path, w.bearer(w.access_token()), R"({"id":42,"like":false})", json_media);
    CHECK(json_of(r)["data"] == json{{"liked", false}, {"likeCnt", 5}});
    CHECK(!w.actors.last<set_like>()->like);
  }
}

TEST_CASE("the own list is an array with the fields that clients read") {
  api_world w;
  auto c = w.client();
  auto headers = w.bearer(w.access_token());
  auto r = c.Post("/articles/list", headers, R"({"offset":20,"limit":10})", json_media);
  CHECK(json_of(r)["data"]
        == json::array({{{"id", 42},
                         {"title", "题目"},
                         {"abstract", "short &lt;b&gt; &amp; &quot;it&#39;s&quot;"},
                         {"status", 2},
                         {"takenDown", false},
                         {"ctime", "2023-11-14T22:13:20.123Z"},
                         {"utime", "2023-11-14T22:13:21.000Z"}}}));
  CHECK(w.store.last<storage::list_own_articles>()->offset == 20);
  (void)c.Post("/articles/list", headers, "", json_media);
  CHECK(w.store.last<storage::list_own_articles>()->limit == 20);
  auto over = c.Post("/articles/list", headers, R"({"limit":101})", json_media);
  CHECK(over->status == 400);
  CHECK(json_of(over)["fields"][0]["rule"] == "out_of_range");
}

TEST_CASE("details hold everything that clients read") {
  api_world w;
  auto c = w.client();
  auto r = c.Get("/articles/detail/42", w.bearer(w.access_token()));
  CHECK(json_of(r)["data"]
        == json{{"id", 42},
                {"title", "题目"},
                {"content", "<p>text</p>"},
                {"status", 2},
                {"authorId", 7},
                {"authorName", "Ann"},
                {"readCnt", 1},
                {"likeCnt", 2},
                {"collectCnt", 3},
                {"liked", true},
                {"collected", false},
                {"takenDown", false},
                {"ctime", "2023-11-14T22:13:20.123Z"},
                {"utime", "2023-11-14T22:13:21.000Z"}});
  CHECK(json_of(c.Get("/articles/pub/42"))["data"]["likeCnt"] == 2);
  CHECK(w.store.last<storage::find_public_article>()->viewer == 0);
  (void)c.Get("/articles/pub/42", w.bearer(w.access_token()));
  CHECK(w.store.last<storage::find_public_article>()->viewer == 7);
}

TEST_CASE("a read of an article is told where reads are counted, and shows at once") {
  api_world w;
  auto c = w.client();
  // The next request of the same actor is behind what it was told.
  const auto told = [&] {
    (void)c.Post("/articles/delete", w.bearer(w.access_token()), R"({"id":1})",
                 json_media);
    return w.actors.last<article_read>();
  };
  SUBCASE("of a reader") {
    CHECK(json_of(c.Get("/articles/pub/42"))["data"]["readCnt"] == 2);
    REQUIRE(told());
    CHECK(told()->id == 42);
  }
  SUBCASE("not where only its head is asked for") {
    CHECK(c.Head("/articles/pub/42")->status == 200);
    CHECK_FALSE(told());
  }
  SUBCASE("not of an article that is not there") {
    w.store.fail = [] {
      return failure{errc::article_not_found};
    };
    CHECK(c.Get("/articles/pub/42")->status == 404);
    CHECK_FALSE(told());
  }
  SUBCASE("not to an actor that is stuck and has too many waiting") {
    for (int i = 0; i < 4096; ++i)
      w.stubs().articles.meter()->message_arrived();
    CHECK(c.Get("/articles/pub/42")->status == 200);
    CHECK_FALSE(told());
  }
}

TEST_CASE("what is read is answered while every actor is stuck") {
  api_world w;
  w.actors.silent = true;
  auto c = w.client();
  const auto headers = w.bearer(w.access_token());
  for (const auto* path :
       {"/users/profile", "/articles/pub/42", "/articles/pub", "/articles/detail/42"})
    CHECK_MESSAGE(c.Get(path, headers)->status == 200, path);
  CHECK(c.Post("/articles/list", headers, "", json_media)->status == 200);
}

TEST_CASE("the newest are pages with the key of the next") {
  api_world w;
  auto c = w.client();
  auto r = c.Get("/articles/pub?after=99&limit=3");
  CHECK(json_of(r)["data"]["items"][0]["authorName"] == "Ann");
  CHECK(json_of(r)["data"]["next"] == 42);
  CHECK(w.store.last<storage::list_newest_articles>()->after == 99);
  CHECK(w.store.last<storage::list_newest_articles>()->limit == 3);
  CHECK(c.Get("/articles/pub?limit=0")->status == 400);
  CHECK(c.Get("/articles/pub?after=x")->status == 400);
}

TEST_CASE("HEAD answers as GET without a body") {
  api_world w;
  auto c = w.client();
  auto r = c.Head("/articles/pub/42");
  REQUIRE(r);
  CHECK(r->status == 200);
  CHECK(r->body.empty());
  CHECK(r->get_header_value("Content-Length") != "0");
}

TEST_CASE("every answer has an id of its own and the client cannot choose it") {
  api_world w;
  auto c = w.client();
  httplib::Headers mine{{"X-Request-Id", "chosen"}};
  auto a = c.Get("/healthz", mine);
  auto b = c.Get("/nowhere", mine);
  CHECK(a->get_header_value_count("X-Request-Id") == 1);
  CHECK(a->get_header_value("X-Request-Id").size() == 16);
  CHECK(a->get_header_value("X-Request-Id") != b->get_header_value("X-Request-Id"));
  CHECK(json_of(b)["requestId"] == b->get_header_value("X-Request-Id"));
}

} // namespace tinybook::http
