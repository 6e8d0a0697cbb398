#include "actors/accounts/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "storage/reading_commands.hpp"
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

namespace {

void tell_ban(api_world& w, bool banned) {
  storage::profile found;
  found.banned = banned;
  w.store.answer<storage::find_profile>(found);
}

/// Who is banned, and has logged in.
struct banned_viewer : viewer {
  explicit banned_viewer(api_world& w, bool still = true) : viewer(w) {
    cookies = "tb_session=" + w.access_token("family1", token_kind::banned) + "~";
    tell_ban(w, still);
  }
};

bool drops_session(const httplib::Result& page) {
  return drops(page, "tb_session");
}

} // namespace

TEST_CASE("pages: a button that has expired leads who is banned to what they may do") {
  api_world w;
  banned_viewer banned{w};
  REQUIRE(banned.get("/banned")->status == 200);
  const auto pressed = banned.send_expired("/security/export");
  CHECK(location(pressed) == "/banned");
}

TEST_CASE("pages: who is banned keeps what they may do, wherever they look") {
  api_world w;
  banned_viewer banned{w};
  for (const auto* path : {"/", "/ranking", "/read/42", "/login", "/no/such/page"})
    CHECK_MESSAGE(!drops_session(banned.get(path)), path);
  for (const auto* path : {"/write", "/mine", "/profile", "/security"}) {
    const auto led = banned.get(path);
    CHECK_MESSAGE(!drops_session(led), path);
    CHECK_MESSAGE(location(led) == "/banned", path);
  }
  CHECK(location(banned.send_expired("/read/42/like")) == "/banned");
  CHECK(banned.get("/banned")->status == 200);
  CHECK(banned.get("/security/delete")->status == 200);
  // One that is no session at all is dropped as ever.
  viewer stranger{w};
  stranger.cookies = "tb_session=nonsense~";
  CHECK(drops_session(stranger.get("/mine")));
}

TEST_CASE("pages: whose ban is lifted is told so, and led to an ordinary log-in") {
  for (const auto& [lang, said] :
       {std::pair{"en", "The ban of your account is lifted. Log in to go on."},
        std::pair{"zh-CN", "您的账号已解除封禁，请登录后继续。"}})
    for (const std::string path : {"/banned", "/security/delete"}) {
      api_world w;
      banned_viewer freed{w, false};
      freed.lang = lang;
      const auto led = freed.get(path);
      CHECK(location(led) == "/login?next=" + path);
      CHECK(drops_session(led));
      CHECK(has(freed.get("/login"), said));
    }
}

TEST_CASE("pages: an account is not deleted as a banned one when the ban is lifted") {
  api_world w;
  banned_viewer banned{w};
  const auto asked = banned.get("/security/delete");
  tell_ban(w, false);
  const auto led = banned.post(asked, "/security/delete", {});
  CHECK(location(led) == "/login?next=/security/delete");
  CHECK(has(banned.get("/login"), "The ban of your account is lifted."));
  CHECK(w.actors.asked_nothing());
}

TEST_CASE("pages: who is banned can log out, lifted or not") {
  for (const bool still : {true, false}) {
    api_world w;
    banned_viewer banned{w};
    const auto page = banned.get("/banned");
    tell_ban(w, still);
    const auto out = banned.post(page, "/logout", {});
    CHECK(location(out) == "/");
    CHECK(drops_session(out));
    CHECK(w.actors.last<close_session>());
  }
}

TEST_CASE("pages: a button that has expired leads to its page, and from there on") {
  api_world w;
  viewer member{w, true};
  const auto pressed =
      member.send_expired("/security/prove/code", {{"next", "/security/delete"}});
  CHECK(location(pressed) == "/security/prove/code?next=/security/delete");
}

TEST_CASE("pages: of a session is told when it began and was used last, to the second") {
  api_world w;
  viewer member{w, true};
  const auto page = member.get("/security");
  CHECK(has(page, R"(Last used <time datetime="2024-12-18T00:00:00.000Z">)"
                  "18 December 2024 08:00:00 UTC+08:00</time>"));
  CHECK(has(page, R"(<span>Logged in <time datetime="2024-12-18T00:00:00.000Z">)"
                  "18 December 2024 08:00:00 UTC+08:00</time></span> <span>Last used"));
  CHECK(count(page, "Logged in <time") == 1); // Of the other it is not known.
  member.lang = "zh-CN";
  CHECK(has(member.get("/security"), "登录于 <time"));
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

TEST_CASE("pages: a session that is nobody's is not told to have ended") {
  api_world w;
  viewer member{w, true};
  CHECK(location(member.send("/security", "/security/end", {{"id", "other"}}))
        == "/security");
  CHECK(has(member.get("/security"), "The session has ended."));
  w.actors.fail = [] {
    return failure{errc::session_not_found};
  };
  viewer other{w, true};
  CHECK(location(other.post(member.get("/profile"), "/security/end", {{"id", "nobody"}}))
        == "/security");
  const auto said = other.get("/login/code");
  CHECK(has(said, "There is no such session in your account. Nothing was changed."));
  CHECK_FALSE(has(said, "has ended"));
}

namespace {

const fields typed_phone{{"phone", "+8613800138000"}};

/// Has asked for a code, which shows the phone in this browser.
viewer with_code_sent(api_world& w, bool member, const std::string& asks) {
  viewer v{w, member};
  REQUIRE(location(v.send(asks, asks, typed_phone)) == asks + "/enter");
  REQUIRE(has(v.get(asks + "/enter"), "138 0013 8000"));
  return v;
}

} // namespace

TEST_CASE("pages: whoever comes next does not see where a code was sent") {
  for (const std::string asks : {"/profile/phone", "/password/new"}) {
    CAPTURE(asks);
    api_world w;
    for (const std::string ends : {"/logout", "/security/delete"}) {
      auto v = with_code_sent(w, true, asks);
      CHECK_MESSAGE(drops(v.post(v.get("/security/delete"), ends, {}), "tb_sent"), ends);
    }
    // Where the session has ended by itself.
    auto v = with_code_sent(w, true, asks);
    const auto sent = v.cookies.substr(v.cookies.find("tb_sent="));
    v.cookies = sent;
    CHECK_FALSE(has(v.get(asks + "/enter"), "0013"));
    for (const user_id user : {7, 8}) {
      w.actors.answer<log_in>({user, "access", "refresh", ""});
      v.cookies = sent;
      const auto in = v.send("/login", "/login",
                             {{"email", "b@example.org"}, {"password", "p-of-theirs"}});
      REQUIRE(location(in) == "/");
      const bool own = user == 7 && asks == "/profile/phone";
      CHECK(drops(in, "tb_sent") == !own);
    }
  }
  api_world w;
  auto v = with_code_sent(w, false, "/login/code");
  CHECK(drops(v.send("/login/code/enter", "/login/code/enter",
                     {{"phone", "+8613800138000"}, {"code", "123456"}}),
              "tb_sent"));
}

TEST_CASE("pages: a new password by code that is sent twice is answered as once") {
  api_world w;
  auto v = with_code_sent(w, true, "/password/new");
  const auto form = v.get("/password/new/enter");
  const fields typed{{"phone", "+8613800138000"},
                     {"code", "123456"},
                     {"password", "correct horse battery"}};
  CHECK(location(v.post(form, "/password/new/enter", typed)) == "/login");
  const auto first = w.actors.last<reset_password>();
  caf::scoped_actor self{*w.system};
  self->request(w.ingress, caf::infinite,
                session_revoked{"family1", w.now + std::chrono::hours{1}})
      .receive([](done) {}, [](const caf::error&) { FAIL("not answered"); });
  w.actors.answer<reset_password>({.has_email = false}); // Asked once more.
  CHECK(location(v.post(form, "/password/new/enter", typed)) == "/login/code");
  CHECK(has(v.get("/login/code"), "Your password has been changed."));
  REQUIRE(first);
  CHECK(w.actors.last<reset_password>()->client.once == first->client.once);
  // No other form gets there.
  const auto foreign = v.send_expired("/password/new/enter", typed);
  CHECK(foreign->status == 403);
  CHECK(has(foreign, "belongs to another session"));
}

TEST_CASE("pages: a new password leads to a log-in that the account can do") {
  for (const bool has_email : {true, false}) {
    api_world w;
    w.actors.answer<reset_password>({.has_email = has_email});
    viewer visitor{w};
    const auto phone = fields{{"phone", "+8613800138000"}};
    REQUIRE(visitor.send("/password/new", "/password/new", phone)->status == 303);
    const auto led = visitor.send("/password/new/enter", "/password/new/enter",
                                  {{"phone", "+8613800138000"},
                                   {"code", "123456"},
                                   {"password", "correct horse battery"}});
    CHECK(location(led) == (has_email ? "/login" : "/login/code"));
    CHECK(has(visitor.get(location(led)), "Your password has been changed."));
  }
}

TEST_CASE("pages: what there is to say of an event is said in words") {
  const auto said = [](const std::string& detail, const std::string& lang) {
    api_world w;
    storage::audit_event event;
    event.kind = storage::audit_kind::log_in_failed;
    event.detail = detail;
    w.store.answer<storage::list_audit>({{event}, {}});
    viewer member{w, true};
    member.lang = lang;
    const auto page = member.get("/security/events");
    const std::string begin = "</time> <span>";
    const auto at = page->body.find(begin);
    if (at == std::string::npos)
      return std::string{};
    const auto from = at + begin.size();
    return page->body.substr(from, page->body.find("</span>", from) - from);
  };
  CHECK(said("", "en").empty());
  CHECK(said("55 more left out", "en") == "55 more of the kind were left out here");
  CHECK(said("1 more left out", "en") == "1 more of the kind was left out here");
  CHECK(said("55 more left out", "zh-CN") == "另有 55 次同类记录未列出");
  CHECK(said("password", "en") == "by password");
  CHECK(said("code, while banned", "en") == "by code, while banned");
  CHECK(said("code, while banned", "zh-CN") == "使用验证码，封禁期间");
  CHECK(said("article 42", "en") == "article 42");
  CHECK(said("article 42", "zh-CN") == "文章 42");
  CHECK(said("+86138****8000", "en") == "+86138****8000");
  CHECK(said("one too many", "en").find("too many") != std::string::npos);
  for (const auto* detail : {"email", "phone", "password", "code", "one too many"}) {
    CHECK_MESSAGE(said(detail, "zh-CN").find(detail) == std::string::npos, detail);
    CHECK_MESSAGE(said(detail, "en").find('[') == std::string::npos, detail);
  }
}

} // namespace tinybook::http::test
