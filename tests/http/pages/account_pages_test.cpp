#include "tests/http/pages/viewer.hpp"

#include <string>

/// What pages say about an account: its end, its sessions.
namespace tinybook::http::test {

TEST_CASE("pages: an account that is erased at once is promised no time of grace") {
  const auto said = [](std::chrono::milliseconds grace, const std::string& lang) {
    api_world w{[=](config::settings& s) {
      s.accounts.delete_grace = grace;
    }};
    viewer member{w, true};
    member.lang = lang;
    const auto security = member.get("/security");
    const auto asked = member.get("/security/delete");
    REQUIRE(asked->status == 200);
    const auto gone = member.post(asked, "/security/delete", {});
    CHECK(gone->status == 303);
    const auto answer = w.client().Post(
        "/users/delete",
        {{"Authorization", "Bearer " + w.access_token()}, {"Accept-Language", lang}},
        "{}", "application/json");
    return security->body + asked->body + member.get("/")->body + answer->body;
  };
  for (const auto& [lang, back] : {std::pair{"en", "a log-in takes this back"},
                                   std::pair{"zh-CN", "登录即可撤销"}}) {
    const auto later = said(std::chrono::hours{168}, lang);
    const auto at_once = said({}, lang);
    CHECK_MESSAGE(later.find(back) != std::string::npos, lang);
    for (const std::string word :
         {back, "grace", "宽限期", "Until then", "在此之前", "[done", "[delete"})
      CHECK_MESSAGE(at_once.find(word) == std::string::npos, word);
    const std::string never =
        lang == std::string{"en"} ? "othing brings it back" : "无法恢复";
    std::size_t times = 0;
    for (auto at = at_once.find(never); at != std::string::npos;
         at = at_once.find(never, at + 1))
      ++times;
    CHECK(times == 4);
  }
}

TEST_CASE("pages: a deletion whose session another one has ended meanwhile is done") {
  api_world w;
  viewer member{w, true};
  const auto asked = member.get("/security/delete");
  w.actors.fail = [] {
    return failure{errc::token_revoked};
  };
  const auto again = member.post(asked, "/security/delete", {});
  CHECK(again->status == 303);
  CHECK(again->get_header_value("Location") == "/");
}

TEST_CASE("pages: a button that has expired leads who is banned to what they may do") {
  api_world w;
  viewer banned{w};
  banned.cookies =
      "tb_session=" + w.access_token("family1", token_kind::banned) + "~refresh";
  REQUIRE(banned.get("/banned")->status == 200);
  const auto pressed = banned.http.Post(
      "/security/export", {{"Accept", "text/html"}, {"Cookie", banned.cookies}},
      httplib::Params{{"csrf", "of another session"}});
  REQUIRE(pressed);
  CHECK(pressed->status == 303);
  CHECK(pressed->get_header_value("Location") == "/banned");
}

TEST_CASE("pages: a button that has expired leads to its page, and from there on") {
  api_world w;
  viewer member{w, true};
  const auto pressed = member.http.Post(
      "/security/prove/code", {{"Accept", "text/html"}, {"Cookie", member.cookies}},
      httplib::Params{{"csrf", "of another session"}, {"next", "/security/delete"}});
  REQUIRE(pressed);
  CHECK(pressed->status == 303);
  CHECK(pressed->get_header_value("Location")
        == "/security/prove/code?next=/security/delete");
}

TEST_CASE("pages: of a session is told when it was used last, to the second") {
  api_world w;
  const auto page = viewer{w, true}.get("/security");
  CHECK(has(page, R"(Last used <time datetime="2024-12-18T00:00:00.000Z">)"
                  "18 December 2024 08:00:00 UTC+08:00</time>"));
}

TEST_CASE("pages: a limit says when it is over, one second as well as several") {
  const auto said = [](std::chrono::seconds wait, const std::string& lang) {
    api_world w;
    w.actors.fail = [=] {
      return std::optional{failure{limit_rule::code_phone_hour, wait}};
    };
    viewer visitor{w};
    visitor.lang = lang;
    return visitor.send("/login/code", "/login/code", {{"phone", "+8613800138000"}})
        ->body;
  };
  using std::chrono::seconds;
  CHECK(said(seconds{1}, "en").find("again in 1 second.") != std::string::npos);
  CHECK(said(seconds{2}, "en").find("again in 2 seconds.") != std::string::npos);
  CHECK(said(seconds{90}, "en").find("again in 2 minutes.") != std::string::npos);
  CHECK(said(seconds{1}, "zh-CN").find("请在 1 秒后重试。") != std::string::npos);
}

} // namespace tinybook::http::test
